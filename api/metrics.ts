import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/** What this process counts; `/metrics` shows it. Made per app, so that tests do not share counters. */
export function createMetrics() {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const requests = new Histogram({
    name: 'beseda_http_request_seconds',
    help: 'Time to answer an HTTP request',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [registry],
  });
  const facts = new Counter({
    name: 'beseda_webhook_facts_total',
    help: 'What messengers told us, handed on to conversations',
    labelNames: ['type'],
    registers: [registry],
  });
  const refusedWebhooks = new Counter({
    name: 'beseda_webhook_refused_total',
    help: 'Webhook calls that were not taken, by reason',
    labelNames: ['type', 'reason'],
    registers: [registry],
  });
  const orders = new Counter({
    name: 'beseda_orders_total',
    help: 'Orders to workflows, by whether they were answered in time',
    labelNames: ['order', 'outcome'],
    registers: [registry],
  });
  const streams = new Gauge({ name: 'beseda_open_streams', help: 'Open event streams of pages', registers: [registry] });
  return { registry, requests, facts, refusedWebhooks, orders, streams };
}

export type Metrics = ReturnType<typeof createMetrics>;
