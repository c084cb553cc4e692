import { setTimeout as delay } from 'node:timers/promises';
import type { Connection } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time.js';
import type { Logger } from 'pino';

/** Ids and enumerations only: Temporal stores search attributes as plain text. */
export const SEARCH_ATTRIBUTES = ['BesedaAccount', 'BesedaChannel', 'BesedaStatus', 'BesedaBot'] as const;
/** How long closed executions stay visible. A namespace that keeps them longer is left alone. */
const RETENTION_SECONDS = 72 * 3600;
const RETENTION = msToTs(RETENTION_SECONDS * 1000);
/** INDEXED_VALUE_TYPE_KEYWORD of the API's enumeration. */
const KEYWORD = 2;

const NAMESPACE_TIMEOUT_MS = 30_000;

const GRPC_NOT_FOUND = 5;
const GRPC_ALREADY_EXISTS = 6;

type Services = Pick<Connection, 'workflowService' | 'operatorService'>;

/**
 * Makes the namespace, its retention and the search attributes where they are missing. Any number of processes may do so at once, again and again.
 * Where the server refuses (Temporal Cloud has no operator API), says in the log what has to be made by hand and goes on: `/readyz` shows whether it has been.
 */
export async function setUpTemporal(connection: Services, namespace: string, log: Logger): Promise<void> {
  await makeNamespace(connection, namespace, log);
  // Also when another process has just made it.
  await untilKnown(connection, namespace);
  await keepLongEnough(connection, namespace, log);
  await addSearchAttributes(connection, namespace, log);
}

/**
 * Whether the server takes our search attributes in this namespace: asked by a real query, because that also sees the server's caches
 * and works where the operator API does not. Throws when Temporal does not answer.
 */
export async function searchAttributesReady(connection: Pick<Connection, 'workflowService'>, namespace: string): Promise<boolean> {
  const query = SEARCH_ATTRIBUTES.map((name) => `${name} = 'none'`).join(' AND ');
  try {
    await connection.workflowService.countWorkflowExecutions({ namespace, query });
    return true;
  } catch (error) {
    if (/search attribute/i.test((error as Error).message)) return false;
    throw error;
  }
}

async function makeNamespace(connection: Services, namespace: string, log: Logger): Promise<void> {
  try {
    await connection.workflowService.describeNamespace({ namespace });
    return;
  } catch (error) {
    if (codeOf(error) !== GRPC_NOT_FOUND) throw error;
  }
  try {
    await connection.workflowService.registerNamespace({ namespace, workflowExecutionRetentionPeriod: RETENTION });
    log.info({ namespace }, 'namespace made');
  } catch (error) {
    if (codeOf(error) !== GRPC_ALREADY_EXISTS) throw error;
  }
}

/** The server's parts learn of a new namespace within about 10 s; until then they say that there is none. */
async function untilKnown(connection: Services, namespace: string): Promise<void> {
  for (const until = Date.now() + NAMESPACE_TIMEOUT_MS; ; ) {
    try {
      await connection.workflowService.countWorkflowExecutions({ namespace });
      return;
    } catch (error) {
      if (codeOf(error) !== GRPC_NOT_FOUND || Date.now() > until) throw error;
      await delay(250);
    }
  }
}

async function keepLongEnough(connection: Services, namespace: string, log: Logger): Promise<void> {
  const { config } = await connection.workflowService.describeNamespace({ namespace });
  if (Number(config?.workflowExecutionRetentionTtl?.seconds ?? 0) >= RETENTION_SECONDS) return;
  try {
    await connection.workflowService.updateNamespace({ namespace, config: { workflowExecutionRetentionTtl: RETENTION } });
  } catch (error) {
    log.warn({ namespace, reason: (error as Error).message }, 'the retention of the namespace could not be set: set it to 72h by hand');
  }
}

async function addSearchAttributes(connection: Services, namespace: string, log: Logger): Promise<void> {
  try {
    const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
    const missing = SEARCH_ATTRIBUTES.filter((name) => customAttributes[name] === undefined);
    for (const name of missing) {
      // One at a time: a process that does the same at this moment then takes none of the others away from us.
      await connection.operatorService
        .addSearchAttributes({ namespace, searchAttributes: { [name]: KEYWORD } })
        .catch((error: unknown) => (codeOf(error) === GRPC_ALREADY_EXISTS ? undefined : Promise.reject(error)));
    }
  } catch (error) {
    if (await searchAttributesReady(connection, namespace)) return;
    const names = SEARCH_ATTRIBUTES.join(', ');
    log.warn(
      { namespace, reason: (error as Error).message },
      `search attributes could not be added: add ${names} by hand, each of type Keyword`,
    );
  }
}

function codeOf(error: unknown): number | undefined {
  return (error as { code?: number }).code;
}
