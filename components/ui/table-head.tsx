interface TableHeadProps {
  /** The class that says how wide the columns are, as on each row. */
  columns: string;
  names: readonly string[];
  /** Whether the last column is one of actions, whose name only a screen reader says. */
  hasActions?: boolean;
}

/** The names of a table's columns, above its rows. Where it is narrow each cell says what it is, and these are left out. */
export function TableHead({ columns, names, hasActions = false }: TableHeadProps) {
  return (
    <div role="rowgroup" className="hidden @[720px]:block">
      <div
        role="row"
        className={`columns ${columns} h-8 rounded-t-md border-b bg-sunken text-small text-muted`}
      >
        {names.map((name) => (
          <span key={name} role="columnheader">
            {name}
          </span>
        ))}
        {hasActions && (
          <span role="columnheader">
            <span className="sr-only">Actions</span>
          </span>
        )}
      </div>
    </div>
  );
}
