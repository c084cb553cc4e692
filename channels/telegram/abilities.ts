import type { ChannelAbilities } from '../../domain/message/model.ts';

const MEGABYTE = 1_000_000;

/** What one Bot API call carries (https://core.telegram.org/bots/api). Sizes are counted in the smaller megabyte, with the difference as a margin. */
export const abilities: ChannelAbilities = {
  type: 'telegram',
  origin: 'telegram',
  textLimit: 4096,
  captionLimit: 1024,
  albums: [
    { kinds: ['picture', 'video'], most: 10 },
    { kinds: ['file'], most: 10 },
    { kinds: ['audio'], most: 10 },
  ],
  buttonsWithOne: true,
  buttonsWithAlbum: false,
  mixesKinds: false,
  buttonsNeedText: true,
  // 64 characters of a label are no documented limit: longer ones are cut by the clients anyway.
  buttons: { most: 100, labelLimit: 64, perRow: 1, urls: true },
  longText: 'after',
  fileBytesLimit: {
    picture: 10 * MEGABYTE,
    video: 50 * MEGABYTE,
    audio: 50 * MEGABYTE,
    voice: 50 * MEGABYTE,
    file: 50 * MEGABYTE,
    sticker: 50 * MEGABYTE,
  },
  receipts: { delivered: false, read: false },
  idempotentSend: false,
  canWriteFirst: false,
  rate: { perSecond: 30, perChatPauseMs: 0 },
};
