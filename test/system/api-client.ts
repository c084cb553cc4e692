/** The few calls of the API that harnesses make, over HTTP like any outside program. */
export interface ApiClient {
  connectTelegram(options: { token: string; apiRoot: string; name: string; callsPerSecond?: number }): Promise<{ id: number }>;
  /** Imports, publishes and switches on a bot; answers its id. */
  addBot(options: { file: object; joinSeconds: number; triggers: { type: string; filter?: object }[] }): Promise<number>;
  /** Any call; throws with the answer's words when it is refused. */
  call<Answer>(method: string, path: string, body?: unknown): Promise<Answer>;
}

export function apiClient(baseUrl: string, token: string): ApiClient {
  const call = async <Answer>(method: string, path: string, body?: unknown): Promise<Answer> => {
    const answer = await fetch(baseUrl + path, {
      method,
      headers: { authorization: `Bearer ${token}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text.slice(0, 500)}`);
    return (text === '' || !answer.headers.get('content-type')?.includes('json') ? undefined : JSON.parse(text)) as Answer;
  };
  return {
    call,
    connectTelegram: ({ token: botToken, apiRoot, name, ...settings }) =>
      call('POST', '/api/channels', { type: 'telegram', name, credentials: { token: botToken }, apiRoot, receive: 'webhook', settings }),
    async addBot({ file, joinSeconds, triggers }) {
      const { id } = await call<{ id: number }>('POST', '/api/bots/import', file);
      await call('PATCH', `/api/bots/${id}`, { settings: { joinSeconds } });
      await call('POST', `/api/bots/${id}/publish`, { acceptWarnings: true });
      await call('PUT', `/api/bots/${id}/triggers`, triggers);
      return id;
    },
  };
}
