import type { ApprovedTemplate } from './template.ts';

/** An approved template with two places in its text and an answer, as the messenger would list it. */
export const orderReady = (over: Partial<ApprovedTemplate> = {}): ApprovedTemplate => ({
  name: 'order_ready',
  language: 'ru',
  category: 'UTILITY',
  heading: '',
  media: null,
  text: '{{1}}, заказ {{2}} готов',
  footer: '',
  buttons: [{ type: 'reply', label: 'Заберу' }],
  fields: [
    { key: 'text.1', example: 'Анна' },
    { key: 'text.2', example: '17' },
  ],
  named: false,
  ...over,
});
