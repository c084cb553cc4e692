import { wellFormed } from '../../domain/message/clean.ts';
import { ChannelError, ChannelInputError, type ConnectedChannel } from '../channel.ts';
import { CALL_TIMEOUT_MS, call, isRecord } from './api.ts';

/** A page's address, a short name or a number. */
const PAGE = /^(?:https?:\/\/)?(?:m\.)?(?:vk\.(?:com|ru)\/)?@?([\w.]{1,100})\/?$/i;

/** The person behind a page of VK: administrators' replies name them by their number only. Throws ChannelError while VK cannot be asked. */
export async function findColleague(channel: ConnectedChannel, given: string): Promise<{ externalId: string; name: string }> {
  const page = PAGE.exec(given.trim())?.[1]?.replace(/^id(?=\d+$)/, '');
  if (page === undefined) throw nobody(given);
  const answer = await call<unknown>(channel, 'users.get', { user_ids: page }, { timeoutMs: CALL_TIMEOUT_MS, reading: true }).catch(
    (error: unknown) => {
      if (error instanceof ChannelError && (error.code === '113' || error.code === '100')) throw nobody(given);
      throw error;
    },
  );
  const [person] = Array.isArray(answer) ? answer : [];
  if (!isRecord(person) || typeof person.id !== 'number' || person.id <= 0) throw nobody(given);
  const name = [person.first_name, person.last_name].filter((part): part is string => typeof part === 'string' && part !== '').join(' ');
  return { externalId: String(person.id), name: wellFormed(name) || `id${person.id}` };
}

function nobody(given: string): ChannelInputError {
  return new ChannelInputError(
    'externalId',
    `VK knows nobody at "${given.slice(0, 100)}": give the address of the person's page, such as vk.com/id1`,
  );
}
