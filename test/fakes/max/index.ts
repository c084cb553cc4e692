export { remoteFakeMax } from './remote.ts';
export { type FakeMaxOptions, startFakeMax } from './server.ts';
export type * from './types.ts';
