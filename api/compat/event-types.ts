/** The vendor's words for the list of events; pages and exports show the same ones. */
export { eventTypes } from '../../domain/analytics/event-types.ts';
