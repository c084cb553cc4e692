import { z } from '@hono/zod-openapi';
import { id } from './common.ts';
import { rights } from './session.ts';

const name = z.string().trim().min(1).max(100);

/** Users whose clients belong together: the scope `group` means theirs. A user's group is changed with `PATCH users/{id} {groupId}`. */
export const group = z
  .object({
    id,
    name: z.string(),
    /** What differs from the rights of the users' roles. */
    rights: rights.partial(),
    userIds: z.array(id),
  })
  .openapi('Group');
export type Group = z.infer<typeof group>;
export const groups = z.object({ items: z.array(group) });
export const newGroup = z.object({ name, rights: rights.partial().default({}) });
export type NewGroup = z.input<typeof newGroup>;
/** `rights` takes the place of all rights the group had; `{}` gives those of the roles back. */
export const groupChange = z.object({ name: name.optional(), rights: rights.partial().optional() });
export type GroupChange = z.infer<typeof groupChange>;
