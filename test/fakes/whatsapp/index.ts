export { remoteFakeWhatsApp } from './remote.ts';
export { type FakeWhatsAppOptions, startFakeWhatsApp } from './server.ts';
export type * from './types.ts';
