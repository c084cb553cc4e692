import type { Sight } from '../db/stores/sight.ts';
import type { Rights, Role } from '../domain/rights/rights.ts';

/** Who asks. Every store that lists or reads takes it: account first, then what this user may see. */
export interface Actor extends Sight {
  role: Role;
  rights: Rights;
  /** May make other accounts of this installation: an administrator of the demo account. */
  isOperator: boolean;
  /** How the request proved it: pages' cookies need protection against forged requests, tokens do not. */
  via: 'session' | 'token';
}
