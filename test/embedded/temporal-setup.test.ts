import { Connection } from '@temporalio/client';
import pino from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { searchAttributesReady, setUpTemporal } from '../../embedded/temporal-setup.ts';
import { startTestTemporal, type TestTemporal } from '../../embedded/testing.ts';

const silent = pino({ level: 'silent' });
let temporal: TestTemporal;
let connection: Connection;
beforeAll(async () => {
  temporal = await startTestTemporal();
  connection = await Connection.connect({ address: temporal.address });
});
afterAll(async () => {
  await connection.close();
  await temporal.stop();
});

const retentionHours = async (namespace: string) => {
  const { config } = await connection.workflowService.describeNamespace({ namespace });
  return Number(config?.workflowExecutionRetentionTtl?.seconds) / 3600;
};

test('several processes that set up a new namespace at once leave one that takes our search attributes for three days', async () => {
  await Promise.all([1, 2, 3].map(() => setUpTemporal(connection, 'made-by-test', silent)));
  expect(await searchAttributesReady(connection, 'made-by-test')).toBe(true);
  expect(await retentionHours('made-by-test')).toBe(72);
  await setUpTemporal(connection, 'made-by-test', silent);
});

test('a retention that an operator made longer stays, a shorter one is raised', async () => {
  expect(await retentionHours('default')).toBe(24); // what the dev server makes
  await setUpTemporal(connection, 'default', silent);
  expect(await retentionHours('default')).toBe(72);
  await connection.workflowService.updateNamespace({
    namespace: 'default',
    config: {
      workflowExecutionRetentionTtl: {
        seconds: (
          await connection.workflowService.describeNamespace({ namespace: 'made-by-test' })
        ).config!.workflowExecutionRetentionTtl!.seconds!.mul(10),
      },
    },
  });
  await setUpTemporal(connection, 'default', silent);
  expect(await retentionHours('default')).toBe(720);
});

test('a server that refuses is a warning which names what to make by hand, and not an error', async () => {
  const warnings: string[] = [];
  const log = pino({ level: 'warn' }, { write: (line: string) => void warnings.push(line) });
  const refusing = {
    workflowService: connection.workflowService,
    operatorService: new Proxy(connection.operatorService, {
      get: () => () => Promise.reject(Object.assign(new Error('7 PERMISSION_DENIED: no operator API here'), { code: 7 })),
    }),
  };
  await connection.workflowService.describeNamespace({ namespace: 'default' });
  await setUpTemporal(refusing, 'without-operator', log);
  expect(warnings.join()).toContain('add BesedaAccount, BesedaChannel, BesedaStatus, BesedaBot by hand, each of type Keyword');
  expect(await searchAttributesReady(connection, 'without-operator')).toBe(false);
});
