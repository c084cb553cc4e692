import type { Message } from 'grammy/types';
import type { InboundAttachment } from '../../domain/message/model.ts';
import { idField, numberField, textField } from '../fields.ts';

/** The file of a message (Telegram puts at most one into each; an album is several messages). `ref` is the file_id, good for this bot only. */
export function mediaOf(message: Message): InboundAttachment[] {
  const named = (fallback: string, given?: string) => textField(given ?? '') || `${fallback}-${message.message_id}`;
  if (message.photo !== undefined && message.photo.length > 0) {
    // Sizes are given ascending by the documentation; the largest is looked for all the same.
    const largest = message.photo.reduce((best, size) => (size.width * size.height >= best.width * best.height ? size : best));
    return [
      {
        kind: 'picture',
        ref: idField(largest.file_id),
        name: `photo-${message.message_id}.jpg`,
        mime: 'image/jpeg',
        ...size(largest),
        ...frame(largest),
      },
    ];
  }
  // An animation's copy also stands in `document`, so it comes first.
  if (message.animation !== undefined)
    return [file('video', message.animation, named('animation', message.animation.file_name), 'video/mp4')];
  if (message.video !== undefined) return [file('video', message.video, named('video', message.video.file_name), 'video/mp4')];
  if (message.video_note !== undefined) return [file('video', message.video_note, `${named('video-note')}.mp4`, 'video/mp4')];
  if (message.voice !== undefined) return [file('voice', message.voice, `${named('voice')}.ogg`, 'audio/ogg')];
  if (message.audio !== undefined) return [file('audio', message.audio, named('audio', message.audio.file_name), 'audio/mpeg')];
  if (message.document !== undefined)
    return [file('file', message.document, named('file', message.document.file_name), 'application/octet-stream')];
  if (message.sticker !== undefined) {
    const { sticker } = message;
    const [ending, mime] = sticker.is_animated
      ? ['tgs', 'application/x-tgsticker']
      : sticker.is_video
        ? ['webm', 'video/webm']
        : ['webp', 'image/webp'];
    return [file('sticker', sticker, `${named('sticker')}.${ending}`, mime)];
  }
  return [];
}

interface TelegramFile {
  file_id: string;
  file_size?: number;
  mime_type?: string;
  width?: number;
  height?: number;
  length?: number;
  duration?: number;
}

function file(kind: InboundAttachment['kind'], source: TelegramFile, name: string, mime: string): InboundAttachment {
  return {
    kind,
    ref: idField(source.file_id),
    name,
    mime: textField(source.mime_type ?? '') || mime,
    ...size(source),
    ...frame(source),
    ...(source.duration === undefined ? {} : { durationSeconds: numberField(source.duration) }),
  };
}

function size(source: TelegramFile) {
  return source.file_size === undefined ? {} : { sizeBytes: numberField(source.file_size) };
}

function frame({ width, height, length }: TelegramFile) {
  if (width !== undefined && height !== undefined) return { widthPx: numberField(width), heightPx: numberField(height) };
  // A video note is round: one side.
  return length === undefined ? {} : { widthPx: numberField(length), heightPx: numberField(length) };
}
