import { z } from '@hono/zod-openapi';
import type { ApprovedTemplate, TemplateToWrite } from '../../domain/message/template.ts';
import { instant } from './common.ts';

/** A message that the messenger has approved beforehand. Places read `{{1}}` or `{{name}}`; `fields` names each by the key under which `values` fills it. */
export const approvedTemplate = z
  .object({
    name: z.string(),
    language: z.string(),
    category: z.string(),
    heading: z.string(),
    /** The file that each message brings above the text. */
    media: z.enum(['picture', 'video', 'file']).nullable(),
    text: z.string(),
    footer: z.string(),
    buttons: z.array(
      z.discriminatedUnion('type', [
        z.object({ type: z.literal('reply'), label: z.string() }),
        z.object({ type: z.literal('url'), label: z.string(), url: z.string() }),
        z.object({ type: z.literal('phone'), label: z.string(), phone: z.string() }),
      ]),
    ),
    fields: z.array(z.object({ key: z.string(), example: z.string() })),
    named: z.boolean(),
  })
  .openapi('MessageTemplate') satisfies z.ZodType<ApprovedTemplate>;

/** `words`: why the messenger could not be asked just now, in its words; the items are those of `fetchedAt` then. Empty otherwise. */
export const templates = z
  .object({ items: z.array(approvedTemplate), fetchedAt: instant.nullable(), words: z.string() })
  .openapi('MessageTemplates');
export type Templates = z.infer<typeof templates>;

export const templateQuery = z.object({
  fresh: z
    .enum(['true', 'false'])
    .optional()
    .openapi({ description: 'true: the messenger is asked now; else what it said in the last ten minutes' }),
});

/** Which template is written, and what fills it: `values` by the keys of its `fields`. */
export const templateToWrite = z.object({
  name: z.string().min(1).max(512),
  language: z.string().min(1).max(20),
  values: z.record(z.string().max(200), z.string().max(2000)).default({}),
}) satisfies z.ZodType<TemplateToWrite>;
export type { TemplateToWrite };
