import { record } from '../read.ts';
import { unsupported } from './unsupported.ts';

/** Ready-made collection of contact data. `get_base_info` only takes what the message holds; the others ask again, so they decide the way. */
export const preset = unsupported('preset', (params) => (record(params)?.name === 'contacts.get_base_info' ? 'acts' : 'decides'));
