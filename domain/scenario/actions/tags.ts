import { entity } from '../read.ts';
import { type Action, present, texts } from './action.ts';

export const setTag: Action = tagAction('setTags');
export const unsetTag: Action = tagAction('unsetTags');

/** `value` is a text or a list; `type` (or the editor's `element_type`) says whose tags, the lead's by default. */
function tagAction(type: 'setTags' | 'unsetTags'): Action {
  return (params, report) => {
    const sources = texts(params.value);
    const kind = entity(params.type) ?? entity(params.element_type) ?? 'lead';
    if (sources.length === 0) {
      report('warning', 'missing_text', 'value');
      return undefined;
    }
    return (context) => {
      const tags = [...new Set(sources.map((source) => context.fill(source).trim()).filter((tag) => tag !== ''))];
      if (tags.length === 0) context.note('skippedNoValue');
      else if (present(kind, context)) {
        context.emit({ type, entity: kind, tags });
        context.note('changed', { tags: tags.length });
      }
    };
  };
}
