/** The product as an outside program meets it: `start.ts` as a process, a local Telegram, HTTP and nothing else. */
import { afterAll, beforeAll } from 'vitest';
import { botFileTests } from './bot-files.ts';
import { botRunTests } from './bot-runs.ts';
import { botTests } from './bots.ts';
import { compatTests } from './compat.ts';
import { conversationTests } from './conversations.ts';
import { deliveryTests } from './delivery.ts';
import { moreTests, restartTests } from './more.ts';
import { speedTests } from './speed.ts';
import { systemTests } from './system.ts';
import { telegramTests } from './telegram.ts';
import { startWorld, type World } from './world.ts';

let running: World | undefined;
const world = () => running!;

beforeAll(async () => {
  running = await startWorld();
}, 180_000);
afterAll(() => running?.stop(), 60_000);

systemTests(world);
botFileTests(world);
telegramTests(world);
botTests(world);
botRunTests(world);
conversationTests(world);
deliveryTests(world);
compatTests(world);
moreTests(world);
speedTests(world);
restartTests(world);
