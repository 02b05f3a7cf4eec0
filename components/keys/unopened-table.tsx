import Link from "next/link";
import type { UnopenedValue } from "../../lib/shapes";
import { secretUrl } from "../secrets/list-url";
import { adviceFor } from "./check-words";

/** The values that don't open, each with why, and what to do. */
export function UnopenedTable({ values }: { values: readonly UnopenedValue[] }) {
  return (
    <div className="rounded-md border">
      <table className="w-full table-fixed text-left">
        <caption className="sr-only">Values that do not open</caption>
        <thead className="bg-sunken text-small text-muted">
          <tr className="h-8 *:px-3 *:font-normal *:whitespace-nowrap">
            <th scope="col" className="w-2/5">
              Secret
            </th>
            <th scope="col">Why, and what to do</th>
          </tr>
        </thead>
        <tbody>
          {values.map((value) => (
            <Row
              key={`${value.environment} ${value.name} ${String(value.version)}`}
              value={value}
            />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Row({ value }: { value: UnopenedValue }) {
  const { environment, name, version, keyId } = value;
  const { why, todo } = adviceFor(value);
  return (
    <tr className="border-t align-top *:px-3 *:py-2">
      <th scope="row" className="font-normal">
        {environment === "" ? (
          <span className="mono break-all">{name}</span>
        ) : (
          <Link
            href={secretUrl(environment, name)}
            prefetch={false}
            className="mono break-all hover:underline"
          >
            {name}
          </Link>
        )}
        <span className="block text-small break-words text-muted">
          {environment === "" ? "purged since" : environment} · v{version}
          {keyId === null ? "" : ` · data key ${String(keyId)}`}
        </span>
      </th>
      <td className="break-words">
        <p>{why}</p>
        <p className="text-muted">{todo}</p>
      </td>
    </tr>
  );
}
