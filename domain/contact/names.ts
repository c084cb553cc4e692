/** The names of a contact: the whole one that lists show, and its two parts, which bots and templates greet with. */
export interface ContactNames {
  name: string;
  firstName: string;
  lastName: string;
}

/** The parts of a whole name: its first word, and the rest. */
export function splitName(name: string): Pick<ContactNames, 'firstName' | 'lastName'> {
  const [firstName = '', ...rest] = name.split(' ');
  return { firstName, lastName: rest.join(' ') };
}

/** Names after a change of some: a new whole name brings new parts and new parts a new whole, so that the two never tell of different people. */
export function changedNames(before: ContactNames, change: { [Part in keyof ContactNames]?: string | undefined }): ContactNames {
  const { name, firstName, lastName } = change;
  if (firstName === undefined && lastName === undefined) {
    return name === undefined || name === before.name ? before : { name, ...splitName(name) };
  }
  const parts = { firstName: firstName ?? before.firstName, lastName: lastName ?? before.lastName };
  return { name: name ?? (`${parts.firstName} ${parts.lastName}`.trim() || before.name), ...parts };
}
