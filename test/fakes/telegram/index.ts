export { remoteFakeTelegram } from './remote.ts';
export { type FakeTelegramOptions, startFakeTelegram } from './server.ts';
export type * from './types.ts';
