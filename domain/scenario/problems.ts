/** Words of the problems that parsing finds, for people who never programmed. */
import type { ProblemCode as HandlerProblemCode } from './handlers/handler.ts';
import type { Problem } from './model.ts';

export type ProblemCode =
  | HandlerProblemCode
  | 'not_json'
  | 'not_a_scenario'
  | 'too_large'
  | 'too_deep'
  | 'no_first_step'
  | 'step_unreadable'
  | 'steps_too_many'
  | 'broken_reference'
  | 'unreachable_step'
  | 'buttons_without_answer'
  | 'buttons_to_one_step'
  | 'may_end_here'
  | 'no_answer_without_timer'
  | 'no_answer_without_answer'
  | 'always_fails'
  | 'unknown_template'
  | 'template_misfit'
  | 'window_closes';

type Details = Record<string, string | number>;
type Words = (details: Details) => { ru: string; en: string };

const words =
  (ru: string, en: string): Words =>
  (details) => ({ ru: put(ru, details), en: put(en, details) });

function put(sentence: string, details: Details): string {
  return sentence.replace(/\{(\w+)\}/g, (_, name: string) => String(details[name] ?? ''));
}

const WORDS: Record<ProblemCode, Words> = {
  not_json: words('Файл не читается как JSON: выгрузите бота ещё раз', 'The file is not JSON: export the bot again'),
  not_a_scenario: words(
    'В файле нет шагов бота: нужна выгрузка Salesbot или карта шагов с номерами',
    'No bot steps in the file: give a Salesbot export or a map of numbered steps',
  ),
  too_large: words(
    'Сценарий занимает {bytes} байт, можно не больше {limit}: разделите его на два бота',
    'The scenario takes {bytes} bytes, at most {limit} are allowed: split it into two bots',
  ),
  too_deep: words(
    'Обработчики вложены глубже {limit} уровней: вынесите часть в отдельный шаг',
    'Handlers are nested deeper than {limit} levels: move a part to a step of its own',
  ),
  no_first_step: words('Нет шага 0, с которого бот начинает', 'Step 0, where a bot begins, is missing'),
  step_unreadable: words('Шаг {step} не читается', 'Step {step} cannot be read'),
  steps_too_many: words('Номер шага слишком велик: он пропущен', 'The step number is too large: the step is left out'),
  broken_reference: words(
    'Переход ведёт на шаг {step}, которого нет: бот на нём остановится с ошибкой',
    'A jump leads to step {step}, which does not exist: the bot fails there',
  ),
  unreachable_step: words('На шаг {step} ничего не ведёт', 'Nothing leads to step {step}'),
  buttons_without_answer: words(
    'На шаге {step} есть кнопки, но ответ на них не ждут: бот закончит сразу после сообщения',
    'Step {step} shows buttons but waits for no answer: the bot ends after the message',
  ),
  buttons_to_one_step: words('Все кнопки шага {step} ведут на один шаг', 'All buttons of step {step} lead to one step'),
  may_end_here: words(
    'Если ни одно условие шага {step} не выполнится, бот здесь закончит: добавьте переход в конец',
    'If no condition of step {step} holds, the bot ends here: add a jump at the end',
  ),
  no_answer_without_timer: words(
    'Ветка «нет ответа» шага {step} не ведёт к паузе: она не сработает',
    'The "no answer" branch of step {step} leads to no pause: it never fires',
  ),
  no_answer_without_answer: words(
    'У шага {step} есть ветка «нет ответа», но нет ответов',
    'Step {step} has a "no answer" branch but no answers',
  ),
  always_fails: words(
    'Каждый запуск закончится ошибкой на шаге {step}: обработчик «{handler}» пока не поддерживается',
    'Every run fails at step {step}: handler "{handler}" is not supported yet',
  ),
  unreadable_params: words('Параметры не читаются', 'The parameters cannot be read'),
  missing_text: words('Не указан текст или значение', 'A text or value is missing'),
  missing_step: words('Не указан шаг, куда перейти', 'The step to go to is missing'),
  missing_id: words('Не указан номер (этапа, поля, пользователя, бота)', 'The id (of a stage, field, user, bot) is missing'),
  unknown_operation: words('Неизвестное сравнение «{value}»: условие будет ложным', 'Unknown operation "{value}": the condition is false'),
  unknown_type: words('Неизвестный вид «{value}»: пропускается', 'Unknown type "{value}": it is skipped'),
  unknown_action: words('Неизвестное действие: пропускается', 'Unknown action: it is skipped'),
  bad_pattern: words(
    'Регулярное выражение не подходит ({fault}): нужен вид /образец/iu, без просмотра вперёд и обратных ссылок',
    'The regular expression cannot be used ({fault}): write /pattern/iu without look-ahead and back-references',
  ),
  bad_range: words('Диапазону нужны границы from и to', 'A range needs its bounds from and to'),
  bad_delay: words(
    'Время ожидания — целое число секунд, не больше 8760 ч 60 мин 60 с',
    'A pause is a whole number of seconds, at most 8760 h 60 min 60 s',
  ),
  no_conditions: words('Нет ни одного условия, которое можно проверить', 'There is no condition that can be tested'),
  no_options: words('Нет ни одного варианта ответа', 'There is no option of an answer'),
  option_without_value: words(
    'У варианта ответа нет ни значения, ни синонимов, ни образца: он не сработает',
    'The option has no value, synonym or pattern: it never matches',
  ),
  unreadable_handlers: words('Часть обработчиков не читается: они пропускаются', 'Some handlers cannot be read: they are left out'),
  unsupported_acts: words(
    'Обработчик «{handler}» пока не поддерживается: он будет пропущен',
    'Handler "{handler}" is not supported yet: it will be skipped',
  ),
  unsupported_decides: words(
    'Обработчик «{handler}» пока не поддерживается, а от него зависит путь бота: дойдя до него, бот закончит с ошибкой',
    'Handler "{handler}" is not supported yet and decides where the bot goes: a bot that reaches it fails',
  ),
  unsupported_wait: words(
    'Такое ожидание пока не поддерживается: работают сообщение клиента и таймер',
    'This kind of wait is not supported yet: a message and a timer work',
  ),
  unsupported_recipients: words(
    'Выбор получателей по условиям пока не поддерживается: сообщение будет пропущено',
    'Recipients by conditions are not supported yet: the message will be skipped',
  ),
  button_without_text: words('Кнопка без текста: она не показывается', 'A button without a text: it is not shown'),
  unmapped_template: words(
    'Номер шаблона ({id}) здесь ничего не значит: назовите шаблон в params.template — {"name", "language", "values"}; пока уйдёт только текст шага',
    'The template\'s number ({id}) means nothing here: name the template in params.template — {"name", "language", "values"}; until then only the text of the step goes out',
  ),
  template_place: words(
    'Место шаблона «{value}» пропускается: бывают heading.1, text.1, text.<имя> и button.0, значение — текст',
    'Place "{value}" of the template is left out: there are heading.1, text.1, text.<name> and button.0, and a value is a text',
  ),
  unknown_template: words(
    'Шаг {step}: в WhatsApp нет одобренного шаблона «{name}» ({language})',
    'Step {step}: WhatsApp has no approved template "{name}" ({language})',
  ),
  template_misfit: words('Шаг {step}, шаблон «{name}», {field}: {ru}', 'Step {step}, template "{name}", {field}: {en}'),
  window_closes: words(
    'Шаг {step} пишет через {hours} ч или позже: если клиент за это время не написал, WhatsApp примет только шаблон (params.template)',
    'Step {step} writes {hours} h later or more: unless the client has written meanwhile, WhatsApp takes only a template (params.template)',
  ),
};

/**
 * Codes that say "look again" about a scenario that runs as written: they need no consent to publish.
 * All other warnings mean that a run may skip something or end early.
 */
const HINTS: ReadonlySet<string> = new Set<ProblemCode>([
  'unreachable_step',
  'buttons_to_one_step',
  'may_end_here',
  'button_without_text',
  'no_answer_without_answer',
  'window_closes',
]);

/** True for a warning that needs no consent to publish. */
export function isHint(problem: Problem): boolean {
  return problem.severity === 'warning' && HINTS.has(problem.code);
}

/** Makes a problem with its words in both languages. */
export function problem(severity: Problem['severity'], code: ProblemCode, path: string, step?: number, details: Details = {}): Problem {
  const message = WORDS[code]({ ...(step === undefined ? {} : { step }), ...details });
  return { severity, code, path, ...(step === undefined ? {} : { step }), message };
}
