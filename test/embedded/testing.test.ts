import { Connection } from '@temporalio/client';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import postgres from 'postgres';
import { expect, test } from 'vitest';
import { createTestDatabase, startTestPostgres, startTestTemporal, timeSkippingServerPath } from '../../embedded/testing.ts';

test('every test database is its own, and its text is compared by Unicode', async () => {
  const [one, two] = await Promise.all([createTestDatabase(), createTestDatabase()]);
  const sql = postgres(one.url, { max: 1 });
  await sql`create table only_here (id int)`;
  expect(await sql`select lower('ПРИВЕТ') as lower`).toEqual([{ lower: 'привет' }]);
  const other = postgres(two.url, { max: 1 });
  expect(await other`select to_regclass('only_here') as found`).toEqual([{ found: null }]);
  await other.end();
  await one.drop(); // an open connection does not hinder it
  await two.drop();
  await sql.end({ timeout: 0 });
});

test('a vitest run has one PostgreSQL', async () => {
  expect((await startTestPostgres()).url).toBe((await startTestPostgres()).url);
});

test('the test Temporal keeps its address and its data through a crash', async () => {
  const temporal = await startTestTemporal();
  const connection = await Connection.connect({ address: temporal.address });
  await connection.workflowService.startWorkflowExecution({
    namespace: 'default',
    workflowId: 'kept',
    requestId: 'once',
    workflowType: { name: 'nobody' },
    taskQueue: { name: 'nobody' },
  });
  temporal.kill9();
  await temporal.restart();
  const described = await connection.workflowService.describeWorkflowExecution({ namespace: 'default', execution: { workflowId: 'kept' } });
  expect(described.workflowExecutionInfo?.type?.name).toBe('nobody');
  await connection.close();
  await temporal.stop();
});

test('the time-skipping server starts from the fetched program', async () => {
  const env = await TestWorkflowEnvironment.createTimeSkipping({
    server: { executable: { type: 'existing-path', path: await timeSkippingServerPath() } },
  });
  const before = await env.currentTimeMs();
  await env.sleep('30 days');
  expect((await env.currentTimeMs()) - before).toBeGreaterThanOrEqual(30 * 24 * 3_600_000);
  await env.teardown();
});
