import { describe, expect, test } from 'vitest';
import { Line, say } from './line.ts';
import { expectProblem, GREETING } from './system.ts';
import type { World } from './world.ts';

const envelope = (name: string, steps: object = GREETING) => ({
  type_functionality: 0,
  model: { name, type: 2, text: JSON.stringify(steps), positions: '[]' },
});

export function botFileTests(world: () => World): void {
  describe.concurrent('bots as files: imported, published, triggered, tried', () => {
    test('a bot file is imported in every form, refused with words, and exported byte for byte', async () => {
      const { call, url, token } = world();
      const importRaw = (raw: string) =>
        call<{ id: number; name: string; publishable: boolean }>('POST', '/api/bots/import', undefined, {
          raw,
          headers: { 'content-type': 'application/json' },
        });
      const files: [string, string][] = [
        ['envelope with BOM', `\uFEFF${JSON.stringify(envelope('Привет'), null, 2)}\n`],
        ['bare step map', JSON.stringify(GREETING)],
        [
          'array',
          JSON.stringify([
            {
              question: [
                { handler: 'show', params: { type: 'buttons', value: 'Pick', buttons: ['A', 'B'] } },
                { handler: 'wait_answer', params: { type: 'question', step: 1 } },
              ],
            },
            {
              question: [
                {
                  handler: 'condition',
                  params: {
                    term1: '{{message_text}}',
                    term2: 'A',
                    operation: '=',
                    result: [{ handler: 'show', params: { type: 'text', value: 'one' } }],
                  },
                },
              ],
            },
          ]),
        ],
        ['with odd spaces', `  ${JSON.stringify(envelope('Two'))}\r\n\r\n`],
      ];
      for (const [form, text] of files) {
        const imported = await importRaw(text);
        expect({ form, status: imported.status }).toEqual({ form, status: 201 });
        expect(imported.body).toMatchObject({ id: expect.any(Number), name: expect.any(String), publishable: true });
        const exported = await fetch(`${url}/api/bots/${imported.body.id}/export`, { headers: { authorization: `Bearer ${token}` } });
        expect(Buffer.from(await exported.arrayBuffer()).equals(Buffer.from(text))).toBe(true);
        expect((await call('POST', `/api/bots/${imported.body.id}/publish`, { acceptWarnings: true })).status).toBe(200);
      }
      expect((await importRaw(files[0]![1])).body.name).toBe('Привет');
      for (const raw of ['', 'not json', '[]', '{}', '{"model":{"text":"{"}}', '"text"', 'null', '[[[[1]]]]']) {
        const refused = await importRaw(raw);
        expectProblem(refused, 422);
      }
    });

    test('publishing refuses errors, asks for warnings to be accepted, and needs a known bot', async () => {
      const { call } = world();
      const imported = async (steps: object) =>
        (
          await call<{ id: number; problems: { severity: string; message: { ru: string; en: string } }[] }>(
            'POST',
            '/api/bots/import',
            steps,
          )
        ).body;
      const warned = await imported({ 0: { question: [{ handler: 'send_internal', params: { message: 'x' } }, say('Hello')] } });
      expect(warned.problems.length).toBeGreaterThan(0);
      const refused = await call<{ data: { problems: { code: string }[] } }>('POST', `/api/bots/${warned.id}/publish`, {});
      expectProblem(refused, 422);
      expect(refused.body.data.problems.length).toBeGreaterThan(0);
      expect(await call('POST', `/api/bots/${warned.id}/publish`, { acceptWarnings: true })).toMatchObject({
        status: 200,
        body: { version: 1, stayOn: [] },
      });
      const broken = await imported({ 5: { question: [say('no first step')] } });
      expectProblem(await call('POST', `/api/bots/${broken.id}/publish`, { acceptWarnings: true }), 422);
      expectProblem(await call('POST', '/api/bots/999999999/publish', {}), 404);
      expectProblem(await call('POST', `/api/bots/${broken.id}/start`, { leadId: 1 }), 404);
    });

    test('triggers are put and read as they are; bad ones name the field', async () => {
      const { call } = world();
      const line = await Line.connect(world());
      const { id } = (await call<{ id: number }>('POST', '/api/bots/import', GREETING)).body;
      const wanted = [
        { type: 'conversation_started', filter: { channelIds: [line.channelId] } },
        { type: 'message_received', delaySeconds: 5, cooldownSeconds: 60 },
      ];
      const put = await call<{ type: string; id: number }[]>('PUT', `/api/bots/${id}/triggers`, wanted);
      expect(put.status).toBe(200);
      expect(put.body).toMatchObject(wanted);
      expect((await call('GET', `/api/bots/${id}/triggers`)).body).toEqual(put.body);
      expectProblem(await call('PUT', `/api/bots/${id}/triggers`, [{ type: 'full_moon' }]), 422, '0.type');
      expectProblem(await call('PUT', `/api/bots/${id}/triggers`, [{ type: 'message_received', delaySeconds: -1 }]), 422, '0.delaySeconds');
      expectProblem(
        await call('PUT', `/api/bots/${id}/triggers`, [{ type: 'message_received', filter: { channelIds: [999_999_999] } }]),
        422,
      );
      expect((await call('GET', `/api/bots/${id}/triggers`)).body).toEqual(put.body);
      expect(await call('PUT', `/api/bots/${id}/triggers`, [])).toMatchObject({ status: 200, body: [] });
      const settings = await call('PATCH', `/api/bots/${id}`, { settings: { joinSeconds: 31 } });
      expectProblem(settings, 422, 'settings.joinSeconds');
      expect(
        await call('PATCH', `/api/bots/${id}`, { settings: { joinSeconds: 0, whenRunning: 'never', personReplyEnds: false } }),
      ).toMatchObject({ status: 200, body: { settings: { joinSeconds: 0, whenRunning: 'never', personReplyEnds: false } } });
    });

    test('the simulator plays a draft without sending anything', async () => {
      const { call } = world();
      const { id } = (await call<{ id: number }>('POST', '/api/bots/import', GREETING)).body;
      const played = await call<{ transcript: { type: string; text?: string }[] }>('POST', `/api/bots/${id}/simulate`, {
        script: ['start: hi', '[Да]'],
      });
      expect(played.status, played.text).toBe(200);
      expect(played.body.transcript.filter(({ type }) => type === 'bot').map(({ text }) => text)).toEqual(['Привет', 'Хорошо']);
      expectProblem(await call('POST', `/api/bots/${id}/simulate`, { script: [{ type: 'dance' }] }), 422, 'script.0');
    });
  });
}
