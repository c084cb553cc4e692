import { useUsers } from '../data/queries.ts';
import { Several } from '../ui/several.tsx';

interface PeopleProps {
  label: string;
  hint?: string;
  /** What the list of those who are not chosen yet invites to. */
  add: string;
  ids: number[];
  disabled: boolean;
  onChange: (ids: number[]) => void;
}

/** Users who are told of something besides those whom it concerns. */
export function People(props: PeopleProps) {
  const { data: users } = useUsers();
  return (
    <Several
      {...props}
      options={users?.filter(({ isActive }) => isActive) ?? []}
      nameOf={(id) => users?.find((user) => user.id === id)?.name ?? '…'}
    />
  );
}
