/** A value of a webhook's body. Null and undefined are left out, as PHP's form encoding does. */
export type FormValue = string | number | boolean | null | undefined | FormValue[] | { [key: string]: FormValue };

/** `{ talk: { add: [{ id: 1, is_read: false }] } }` as name and value: `talk[add][0][id]=1`, `talk[add][0][is_read]=0`. Every value is a string. */
export function formFields(body: { [key: string]: FormValue }): [string, string][] {
  return Object.entries(body).flatMap(([key, value]) => fieldsOf(key, value));
}

/** The same as `application/x-www-form-urlencoded`. */
export function encodeForm(body: { [key: string]: FormValue }): string {
  return formFields(body)
    .map(([name, value]) => `${encoded(name)}=${encoded(value)}`)
    .join('&');
}

function fieldsOf(name: string, value: FormValue): [string, string][] {
  if (value === null || value === undefined) return [];
  if (typeof value === 'boolean') return [[name, value ? '1' : '0']];
  if (typeof value !== 'object') return [[name, String(value)]];
  return Object.entries(value).flatMap(([key, one]) => fieldsOf(`${name}[${key}]`, one));
}

const encoded = (text: string) => encodeURIComponent(text).replaceAll('%20', '+');
