import { analytics } from './en/analytics.ts';
import { bots } from './en/bots.ts';
import { composer } from './en/composer.ts';
import { duplicates } from './en/duplicates.ts';
import { inbox } from './en/inbox.ts';
import { internal } from './en/internal.ts';
import { lead } from './en/lead.ts';
import { leads } from './en/leads.ts';
import { links } from './en/links.ts';
import { notifications } from './en/notifications.ts';
import { nps } from './en/nps.ts';
import { problems } from './en/problems.ts';
import { programs } from './en/programs.ts';
import { search } from './en/search.ts';
import { settings } from './en/settings.ts';
import { shell } from './en/shell.ts';
import { team } from './en/team.ts';
import { thread } from './en/thread.ts';
import { traceEnd } from './en/trace-end.ts';
import { users } from './en/users.ts';
import type { ru } from './ru.ts';

type RussianOnly = `${string}_few` | `${string}_many`;

/** Texts of the pages in English: exactly the keys of the Russian ones, less the plurals that English does not have. */
export const en: Record<Exclude<keyof typeof ru, RussianOnly>, string> = {
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
