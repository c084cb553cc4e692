import i18next from 'i18next';
import { useCallback, useEffect, useRef, useState } from 'react';
import type { FileView } from '../../api/contract/index.ts';
import { UPLOAD_BYTES } from '../../domain/message/upload.ts';
import { upload } from '../data/client.ts';
import { problemWords } from '../data/words.ts';
import { fileSize } from '../lib/time.ts';

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
  /** Another try would end as the first one: it was not even begun. */
  refused?: boolean;
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
          ...checked(blob),
        }),
      );
      setFiles((now) => [...now, ...added]);
      for (const file of added) if (file.refused !== true) start(file);
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

  /** Changes places with the one before (-1) or after (1): files arrive in this order. */
  const move = useCallback((key: string, by: -1 | 1) => {
    setFiles((now) => {
      const from = now.findIndex((file) => file.key === key);
      const to = from + by;
      if (from < 0 || to < 0 || to >= now.length) return now;
      const next = [...now];
      [next[from], next[to]] = [next[to]!, next[from]!];
      return next;
    });
  }, []);

  const clear = useCallback(() => setFiles([]), []);
  useEffect(() => {
    const running = uploads.current;
    return () => {
      for (const controller of running.values()) controller.abort();
    };
  }, []);

  return { files, add, addStored, remove, move, clear, again: start };
}

/** What the server would refuse is said at once, without sending it there. */
function checked(blob: File): Pick<ComposerFile, 'error' | 'refused'> {
  if (blob.size === 0) return { error: i18next.t('composer.fileEmpty', { name: blob.name }), refused: true };
  if (blob.size > UPLOAD_BYTES) {
    return { error: i18next.t('composer.fileTooLarge', { name: blob.name, limit: fileSize(UPLOAD_BYTES) }), refused: true };
  }
  return { error: undefined, refused: false };
}
