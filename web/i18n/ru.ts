/** Texts of the pages in Russian, a file a room. Every key stands here; `_one`, `_few`, `_many` and `_other` are its plurals. */
import { analytics } from './ru/analytics.ts';
import { bots } from './ru/bots.ts';
import { composer } from './ru/composer.ts';
import { duplicates } from './ru/duplicates.ts';
import { inbox } from './ru/inbox.ts';
import { internal } from './ru/internal.ts';
import { lead } from './ru/lead.ts';
import { leads } from './ru/leads.ts';
import { links } from './ru/links.ts';
import { notifications } from './ru/notifications.ts';
import { nps } from './ru/nps.ts';
import { problems } from './ru/problems.ts';
import { programs } from './ru/programs.ts';
import { search } from './ru/search.ts';
import { settings } from './ru/settings.ts';
import { shell } from './ru/shell.ts';
import { team } from './ru/team.ts';
import { thread } from './ru/thread.ts';
import { traceEnd } from './ru/trace-end.ts';
import { users } from './ru/users.ts';

export const ru = {
  ...shell,
  ...inbox,
  ...search,
  ...thread,
  ...traceEnd,
  ...composer,
  ...team,
  ...lead,
  ...leads,
  ...bots,
  ...problems,
  ...settings,
  ...nps,
  ...users,
  ...programs,
  ...duplicates,
  ...links,
  ...notifications,
  ...internal,
  ...analytics,
};
