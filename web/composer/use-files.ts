import i18next from 'i18next';
import { useCallback, useEffect, useRef, useState } from 'react';
import type { FileView } from '../../api/contract/index.ts';
import { UPLOAD_BYTES } from '../../domain/message/upload.ts';
import { upload } from '../data/client.ts';
import { problemWords } from '../data/words.ts';
import { fileSize } from '../lib/time.ts';
import { smallPicture } from './small-picture.ts';

/** A file on its way to the server, or there already. `preview`: the address of a picture’s small copy in this browser, once it is made. */
export interface ComposerFile {
  key: string;
  /** The file as the browser has it; of one that the server had before, only its facts. */
  blob: File | { name: string; size: number; type: string };
  name: string;
  /** Shown as a picture: of what was just chosen, as far as the browser can. */
  isPicture: boolean;
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

  /** Puts a small copy into its tile; a file that was taken away meanwhile needs none. */
  const show = useCallback((key: string, preview: string | undefined) => {
    setFiles((now) => {
      if (preview !== undefined && !now.some((file) => file.key === key)) URL.revokeObjectURL(preview);
      return now.map((file) => (file.key === key ? { ...file, preview, isPicture: preview !== undefined } : file));
    });
  }, []);

  const add = useCallback(
    (blobs: Iterable<File>) => {
      const added = [...blobs].map(
        (blob): ComposerFile => ({
          key: crypto.randomUUID(),
          blob,
          name: blob.name,
          isPicture: blob.type.startsWith('image/'),
          preview: undefined,
          progress: 0,
          stored: undefined,
          ...checked(blob),
        }),
      );
      setFiles((now) => [...now, ...added]);
      for (const file of added) {
        if (file.refused !== true) start(file);
        if (file.isPicture) void smallPicture(file.blob as File).then((preview) => show(file.key, preview));
      }
    },
    [start, show],
  );

  /** Files that the server has already. */
  const addStored = useCallback((known: readonly FileView[]) => {
    setFiles((now) => [...now, ...known.map((stored) => storedFile(stored, crypto.randomUUID()))]);
  }, []);

  const remove = useCallback((key: string) => {
    uploads.current.get(key)?.abort();
    setFiles((now) =>
      now.filter((file) => {
        if (file.key === key) forget(file);
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

  const clear = useCallback(
    () =>
      setFiles((now) => {
        now.forEach(forget);
        return [];
      }),
    [],
  );
  useEffect(() => {
    const running = uploads.current;
    return () => {
      for (const controller of running.values()) controller.abort();
    };
  }, []);

  return { files, add, addStored, remove, move, clear, again: start };
}

const forget = ({ preview }: ComposerFile) => {
  if (preview !== undefined) URL.revokeObjectURL(preview);
};

/** A file that the server has already, as the list of files shows it. */
export function storedFile(stored: FileView, key: string): ComposerFile {
  return {
    key,
    blob: { name: stored.name, size: stored.sizeBytes, type: stored.mime },
    name: stored.name,
    isPicture: stored.kind === 'picture',
    preview: undefined,
    progress: 1,
    stored,
    error: undefined,
  };
}

/** What the server would refuse is said at once, without sending it there. */
function checked(blob: File): Pick<ComposerFile, 'error' | 'refused'> {
  if (blob.size === 0) return { error: i18next.t('composer.fileEmpty', { name: blob.name }), refused: true };
  if (blob.size > UPLOAD_BYTES) {
    return { error: i18next.t('composer.fileTooLarge', { name: blob.name, limit: fileSize(UPLOAD_BYTES) }), refused: true };
  }
  return { error: undefined, refused: false };
}
