/** Starts what its arguments ask for, tells the process ids as one line of JSON and stays until killed. */
import { startGuarded } from '../../../embedded/guarded.ts';
import { startPostgres } from '../../../embedded/postgres.ts';

const [what, folder = ''] = process.argv.slice(2);

if (what === 'program') {
  const { pid, guardPid } = await startGuarded({ command: 'sleep', args: ['600'], stopSignal: 'SIGTERM', graceMs: 1_000 });
  console.log(JSON.stringify({ pid, guardPid }));
}
if (what === 'postgres') {
  const server = await startPostgres({ folder: `${folder}/data`, logFile: `${folder}/log`, binFolder: folder, database: 'kept' });
  console.log(JSON.stringify({ pid: server.program.pid, guardPid: server.program.guardPid, url: server.url }));
}
