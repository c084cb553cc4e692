export { remoteFakeVk } from './remote.ts';
export { type FakeVkOptions, startFakeVk } from './server.ts';
export type * from './types.ts';
