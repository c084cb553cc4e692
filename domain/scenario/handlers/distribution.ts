import { unsupported } from './unsupported.ts';

/** Round robin over all leads of the account: it decides the way by a counter that lives outside a run. */
export const distribution = unsupported('distribution', 'decides');
