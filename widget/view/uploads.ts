import type { WireFile } from '../../api/webchat/wire.ts';
import { CallError } from '../client.ts';
import { el, icon } from './dom.ts';
import type { ViewContext } from './message-view.ts';

export interface Uploads {
  node: HTMLElement;
  add(files: Iterable<File>): void;
  /** Some are still on their way, or failed and wait for a word. */
  isBusy(): boolean;
  count(): number;
  /** Hands over what is uploaded and empties the tray. */
  take(): WireFile[];
}

interface Upload {
  file: File;
  node: HTMLElement;
  abort: AbortController;
  done?: WireFile;
}

/** The tray above the text: every chosen file with its thumbnail and progress, uploaded at once so that sending does not wait. */
export function createUploads({ chat, words }: ViewContext, onChange: () => void, onHint: (hint: string) => void): Uploads {
  const uploads: Upload[] = [];
  const node = el('div', { class: 'tray', hidden: true, attrs: { role: 'list' } });
  const { limits } = chat.config;

  function add(files: Iterable<File>): void {
    for (const file of files) {
      if (uploads.length >= limits.files) {
        onHint(words.tooMany(limits.files));
        break;
      }
      if (file.size > limits.fileBytes) {
        onHint(`${file.name}: ${words.tooLarge(Math.floor(limits.fileBytes / 1024 / 1024))}`);
        continue;
      }
      const upload = { file, node: el('div', { class: 'up', attrs: { role: 'listitem' } }), abort: new AbortController() };
      uploads.push(upload);
      node.append(upload.node);
      void run(upload);
    }
    changed();
  }

  async function run(upload: Upload): Promise<void> {
    const { file } = upload;
    const bar = el('i');
    const remove = el(
      'button',
      { class: 'off', type: 'button', attrs: { 'aria-label': words.remove(file.name) }, on: { click: () => drop(upload) } },
      icon('close', 12),
    );
    const track = el(
      'div',
      { class: 'bar', attrs: { role: 'progressbar', 'aria-label': file.name, 'aria-valuemin': '0', 'aria-valuemax': '100' } },
      bar,
    );
    upload.node.replaceChildren(thumbnail(file), track, remove);
    try {
      upload.done = await chat.client.upload(
        file,
        (share) => {
          bar.style.transform = `scaleX(${share})`;
          track.setAttribute('aria-valuenow', String(Math.round(share * 100)));
        },
        upload.abort.signal,
      );
      track.remove();
    } catch (error) {
      if (upload.abort.signal.aborted) return;
      const refused = error instanceof CallError && (error.status === 415 || error.status === 413 || error.status === 400);
      if (refused) {
        onHint(`${file.name}: ${error.status === 413 ? words.tooLarge(Math.floor(limits.fileBytes / 1024 / 1024)) : words.typeRefused}`);
        drop(upload);
      } else {
        track.remove();
        remove.before(el('button', { class: 'again', type: 'button', on: { click: () => void run(upload) } }, words.uploadFailed));
      }
    }
    changed();
  }

  function drop(upload: Upload): void {
    upload.abort.abort();
    uploads.splice(uploads.indexOf(upload), 1);
    upload.node.remove();
    changed();
  }

  function changed(): void {
    node.hidden = uploads.length === 0;
    onChange();
  }

  return {
    node,
    add,
    isBusy: () => uploads.some((upload) => upload.done === undefined),
    count: () => uploads.length,
    take() {
      const files = uploads.flatMap((upload) => upload.done ?? []);
      uploads.length = 0;
      node.replaceChildren();
      changed();
      return files;
    },
  };
}

/** A picture of a picture, the name of anything else. The address lives until the picture is drawn. */
function thumbnail(file: File): Node {
  if (!/^image\/(png|jpeg|gif|webp|avif)$/.test(file.type)) return el('span', { class: 'label' }, file.name);
  const source = URL.createObjectURL(file);
  const image = el('img', { src: source, alt: file.name });
  image.addEventListener('load', () => URL.revokeObjectURL(source));
  image.addEventListener('error', () => {
    URL.revokeObjectURL(source);
    image.replaceWith(el('span', { class: 'label' }, file.name)); // the page's CSP forbids blob pictures
  });
  return image;
}
