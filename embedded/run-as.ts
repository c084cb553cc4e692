import { execFileSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { StartError } from './start-error.ts';

/** How a program is run so that it is not root: ids for `spawn`, or words that stand before its command. */
export interface RunAs {
  uid?: number;
  gid?: number;
  prefix: string[];
  /** The user whom the program's files must belong to; undefined when that is ourselves. */
  owner?: { uid: number; gid: number };
}

/**
 * PostgreSQL refuses to run as root, so as root it runs as `postgres` or `nobody`, or as whoever owns `dataFolder` already.
 * Where one of `paths` lies in a folder that only root may enter (a home folder, say), the program keeps the single capability
 * to pass through folders; without `setpriv` that is impossible and the error says what to do.
 */
export function serverUser(dataFolder: string, paths: string[]): RunAs {
  if (process.getuid?.() !== 0) return { prefix: [] };
  const owner = ownerOf(dataFolder) ?? systemUser(['postgres', 'nobody']);
  if (owner === undefined)
    throw new StartError('PostgreSQL does not run as root and there is no user "postgres" or "nobody": start as an ordinary user');
  const closed = [dataFolder, ...paths].flatMap(ancestors).find((folder) => !mayEnter(folder, owner));
  if (closed === undefined) return { ...owner, owner, prefix: [] };

  const setpriv = ['setpriv', '--reuid', String(owner.uid), '--regid', String(owner.gid), '--clear-groups'];
  const words = [...setpriv, '--inh-caps', '+dac_override', '--ambient-caps', '+dac_override', '--'];
  try {
    execFileSync(words[0]!, [...words.slice(1), process.execPath, '--version'], { stdio: 'ignore' });
  } catch {
    throw new StartError(
      `PostgreSQL does not run as root, and its user may not enter ${closed}: start as an ordinary user, or move the folder out of there`,
    );
  }
  return { owner, prefix: words };
}

function ownerOf(folder: string): { uid: number; gid: number } | undefined {
  const stat = statSync(folder, { throwIfNoEntry: false });
  return stat === undefined || stat.uid === 0 ? undefined : { uid: stat.uid, gid: stat.gid };
}

function systemUser(names: string[]): { uid: number; gid: number } | undefined {
  const lines = readFileSync('/etc/passwd', 'utf8').split('\n');
  for (const name of names) {
    const fields = lines.find((line) => line.startsWith(`${name}:`))?.split(':');
    if (fields !== undefined) return { uid: Number(fields[2]), gid: Number(fields[3]) };
  }
  return undefined;
}

function ancestors(path: string): string[] {
  const parent = dirname(resolve(path));
  return parent === resolve(path) ? [parent] : [parent, ...ancestors(parent)];
}

function mayEnter(folder: string, user: { uid: number; gid: number }): boolean {
  const stat = statSync(folder, { throwIfNoEntry: false });
  if (stat === undefined) return true;
  const bit = stat.uid === user.uid ? 0o100 : stat.gid === user.gid ? 0o010 : 0o001;
  return (stat.mode & bit) !== 0;
}
