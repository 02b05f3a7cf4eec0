import type { KeyringInfo } from "../../lib/shapes";
import { count } from "../ui/amount";
import { Chip } from "../ui/chip";
import { Ago } from "../ui/clock";

/** Every data key, the newest first, and how many values are under each. */
export function DataKeyTable({ info }: { info: KeyringInfo }) {
  const { dataKeys, newestKeyId, unopened, lost, seals } = info;
  const isWorn = seals.used > seals.limit / 2;
  return (
    <>
      <div className="rounded-md border">
        <table className="w-full table-fixed text-left">
          <caption className="sr-only">Data keys, the newest first</caption>
          <thead className="bg-sunken text-small text-muted">
            <tr className="h-8 *:px-3 *:font-normal *:whitespace-nowrap">
              <th scope="col" className="w-24 rail:w-48">
                Data key
              </th>
              <th scope="col">Made</th>
              <th scope="col" className="w-24 text-right">
                Values
              </th>
            </tr>
          </thead>
          <tbody>
            {dataKeys.map(({ id, createdAt, createdBy, values }) => (
              <tr key={id} className="h-11 border-t *:px-3">
                <th scope="row" className="font-normal whitespace-nowrap">
                  <span className="mr-2 tabular-nums">{id}</span>
                  {id === newestKeyId ? <Chip>current</Chip> : null}
                </th>
                <td className="py-1 break-words text-muted">
                  <Ago at={createdAt} />{" "}
                  <span className="max-[600px]:block max-[600px]:text-small">
                    {createdBy === null ? "with the keyring" : `by ${createdBy}`}
                  </span>
                </td>
                <td className="text-right">{count(values)}</td>
              </tr>
            ))}
            {unopened > 0 ? <OtherRow name="Under none of these" values={unopened} /> : null}
            {lost > 0 ? <OtherRow name="Lost with a keyring of before" values={lost} /> : null}
          </tbody>
        </table>
      </div>
      {isWorn ? (
        <p className="text-soon-text">
          The current one has sealed about {count(seals.used)} values, and may seal{" "}
          {count(seals.limit)}: rotate it.
        </p>
      ) : null}
    </>
  );
}

/** Values that no data key of this keyring opens. */
function OtherRow({ name, values }: { name: string; values: number }) {
  return (
    <tr className="h-11 border-t *:px-3">
      <th scope="row" colSpan={2} className="font-normal text-danger-text">
        {name}
      </th>
      <td className="text-right">{count(values)}</td>
    </tr>
  );
}
