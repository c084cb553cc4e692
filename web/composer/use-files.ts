import { useCallback, useEffect, useRef, useState } from 'react';
import type { FileView } from '../../api/contract/index.ts';
import { upload } from '../data/client.ts';
import { problemWords } from '../data/words.ts';

/** A file on its way to the server, or there already. `preview` is an address in this browser, for pictures. */
export interface ComposerFile {
  key: string;
  /** The file as the browser has it; of one that the server had before, only its facts. */
  blob: File | { name: string; size: number; type: string };
  name: string;
  preview: string | undefined;
  progress: number;
  stored: FileView | undefined;
  error: string | undefined;
}

/** Files of the message being written: each is uploaded as soon as it is added, so that sending is quick. */
export function useFiles() {
  const [files, setFiles] = useState<ComposerFile[]>([]);
  const uploads = useRef(new Map<string, AbortController>());

  const update = useCallback((key: string, values: Partial<ComposerFile>) => {
    setFiles((now) => now.map((file) => (file.key === key ? { ...file, ...values } : file)));
  }, []);

  const start = useCallback(
    (file: ComposerFile) => {
      const controller = new AbortController();
      uploads.current.set(file.key, controller);
      update(file.key, { error: undefined, progress: 0 });
      if (!(file.blob instanceof File)) return;
      upload<FileView>('/api/files', file.blob, file.name, (progress) => update(file.key, { progress }), controller.signal)
        .then((stored) => update(file.key, { stored, progress: 1 }))
        .catch((error: unknown) => {
          if (!controller.signal.aborted) update(file.key, { error: problemWords(error) });
        })
        .finally(() => uploads.current.delete(file.key));
    },
    [update],
  );

  const add = useCallback(
    (blobs: Iterable<File>) => {
      const added = [...blobs].map(
        (blob): ComposerFile => ({
          key: crypto.randomUUID(),
          blob,
          name: blob.name,
          preview: blob.type.startsWith('image/') ? URL.createObjectURL(blob) : undefined,
          progress: 0,
          stored: undefined,
          error: undefined,
        }),
      );
      setFiles((now) => [...now, ...added]);
      for (const file of added) start(file);
    },
    [start],
  );

  /** Files that the server has already. */
  const addStored = useCallback((known: readonly FileView[]) => {
    const added = known.map(
      (stored): ComposerFile => ({
        key: crypto.randomUUID(),
        blob: { name: stored.name, size: stored.sizeBytes, type: stored.mime },
        name: stored.name,
        preview: stored.kind === 'picture' ? stored.url : undefined,
        progress: 1,
        stored,
        error: undefined,
      }),
    );
    setFiles((now) => [...now, ...added]);
  }, []);

  const remove = useCallback((key: string) => {
    uploads.current.get(key)?.abort();
    setFiles((now) =>
      now.filter((file) => {
        if (file.key === key && file.preview?.startsWith('blob:')) URL.revokeObjectURL(file.preview);
        return file.key !== key;
      }),
    );
  }, []);

  const clear = useCallback(() => setFiles([]), []);
  useEffect(() => {
    const running = uploads.current;
    return () => {
      for (const controller of running.values()) controller.abort();
    };
  }, []);

  return { files, add, addStored, remove, clear, again: start };
}
