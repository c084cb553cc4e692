import type { Permission } from '../../domain/rights/rights.ts';
import type { Actor } from '../actor.ts';
import { ApiError } from '../errors.ts';

const lacking: Record<Permission, string> = {
  closeConversations: 'close conversations',
  runBots: 'start and stop bots',
  editBots: 'change bots',
  analytics: 'see the list of events and the reports',
  export: 'export',
  merge: 'merge cards',
  settings: 'change these settings',
};

/** Throws ApiError forbidden for who lacks a right. */
export function mustHave(actor: Pick<Actor, 'rights'>, right: Permission): void {
  if (!actor.rights[right])
    throw new ApiError('forbidden', `You may not ${lacking[right]}: an administrator gives this right in Settings → Users`);
}

/** Throws ApiError forbidden for a client, lead, chat or run that is seen but not the actor's to change. Stores say `mayEdit` with the row. */
export function mustEdit(row: { mayEdit: boolean }): void {
  if (!row.mayEdit)
    throw new ApiError(
      'forbidden',
      'You may see this client but not change anything: an administrator gives this right in Settings → Users',
    );
}

/** Throws ApiError forbidden for who may change no client at all: for what has no client yet. */
export function mustEditSome(actor: Pick<Actor, 'rights'>): void {
  if (actor.rights.edit === 'none')
    throw new ApiError('forbidden', 'You may only read cards: an administrator gives this right in Settings → Users');
}
