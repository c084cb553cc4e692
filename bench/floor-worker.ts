/** The floor's worker, a process of its own like the product's: forked by the benchmark, tells how many messages it has handled. */
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';

export const FLOOR_QUEUE = 'beseda-bench-floor';

export interface FloorActivities {
  /** Does nothing for so many messages. */
  nothing(messages: number): Promise<void>;
}

/** To the benchmark. */
export type FloorNews = { type: 'ready' } | { type: 'reached'; handled: number };

async function main(address: string): Promise<void> {
  let handled = 0;
  let wanted = Number.POSITIVE_INFINITY;
  const tell = (news: FloorNews) => void process.send?.(news);
  const look = () => {
    if (handled < wanted) return;
    wanted = Number.POSITIVE_INFINITY;
    tell({ type: 'reached', handled });
  };
  process.on('message', (message: { wanted: number }) => {
    wanted = message.wanted;
    look();
  });
  const activities: FloorActivities = {
    async nothing(messages) {
      handled += messages;
      look();
    },
  };
  const logger = new DefaultLogger('WARN');
  Runtime.install({ logger, shutdownSignals: [] });
  const workflowsPath = fileURLToPath(new URL('./floor-workflow.ts', import.meta.url));
  const connection = await NativeConnection.connect({ address });
  // The same slots as the product's worker, so that only the work differs.
  const worker = await Worker.create({
    connection,
    taskQueue: FLOOR_QUEUE,
    workflowBundle: await bundleWorkflowCode({ workflowsPath, logger }),
    activities: { ...activities },
    maxConcurrentWorkflowTaskExecutions: 200,
    maxConcurrentLocalActivityExecutions: 400,
    maxCachedWorkflows: 600,
  });
  process.once('disconnect', () => worker.shutdown());
  tell({ type: 'ready' });
  await worker.run();
  await connection.close();
}

if (process.send !== undefined && process.argv[2] !== undefined) {
  main(process.argv[2]).then(
    () => process.exit(0),
    (error: unknown) => {
      process.stderr.write(`${String(error)}\n`);
      process.exit(1);
    },
  );
}
