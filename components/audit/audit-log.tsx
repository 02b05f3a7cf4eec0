"use client";

import { Download } from "lucide-react";
import { useRouter } from "next/navigation";
import { useState, useTransition } from "react";
import type { AuditVerification, RecordEvent, RecordPage } from "../../lib/shapes";
import { many } from "../ui/amount";
import { Button, ButtonLink } from "../ui/button";
import { Menu, MenuItem } from "../ui/menu";
import { Notice } from "../ui/notice";
import { Empty, PageHeader } from "../ui/page-header";
import { AuditChart } from "./audit-chart";
import { AuditFiltersForm } from "./audit-filters";
import { auditUrl, faultsOf, isFiltered, type AuditFilters, type AuditQuery } from "./audit-url";
import { EventDrawer } from "./event-drawer";
import { EventList } from "./event-list";
import { useEvents, type Events } from "./use-events";
import { Verification } from "./verification";

interface AuditLogProps {
  filters: AuditFilters;
  /** What the API is asked for, with the time as it was when the page was made; null where it can't be. */
  query: AuditQuery | null;
  /** The first page; null where it could not be had, and `trouble` says why. */
  first: RecordPage | null;
  trouble: string;
  /** Changes with each search. */
  search: string;
  /** The last verification of the process that answers. */
  verification: AuditVerification | null;
}

/** The audit record: what is looked for, how much there was over time, and the events themselves. */
export function AuditLog(props: AuditLogProps) {
  const { filters, query, first, trouble, search, verification } = props;
  const router = useRouter();
  const [waiting, startTransition] = useTransition();
  const ask = (next: AuditFilters) =>
    startTransition(() => {
      if (auditUrl(next) === auditUrl(filters)) router.refresh();
      else router.push(auditUrl(next), { scroll: false });
    });

  return (
    <>
      <PageHeader title="Audit" actions={query ? <Export query={query} /> : null} />
      <Verification initial={verification} />
      <AuditFiltersForm key={auditUrl(filters)} filters={filters} onAsk={ask} />
      <Narrowed filters={filters} onAsk={ask} />
      {query === null ? (
        <Faults filters={filters} />
      ) : first ? (
        <div
          aria-busy={waiting}
          className="aria-busy:opacity-60 aria-busy:transition-opacity aria-busy:delay-300"
        >
          <Found
            key={search}
            first={first}
            query={query}
            filters={filters}
            onChoose={(from, to) =>
              // The last bar may reach beyond the time that was asked for.
              ask({ ...filters, from, to: filters.to !== "" && filters.to < to ? filters.to : to })
            }
            onAgain={() => ask(filters)}
          />
        </div>
      ) : (
        <div role="alert">
          <Notice
            tone="danger"
            title="The record can't be shown"
            actions={<Button onClick={() => ask(filters)}>Try again</Button>}
          >
            {trouble}
          </Notice>
        </div>
      )}
    </>
  );
}

/** What can't be looked for, in place of a list that would have more than was asked for. */
function Faults({ filters }: { filters: AuditFilters }) {
  const faults = faultsOf(filters);
  const without = Object.fromEntries(faults.map(({ name }) => [name, undefined]));
  const one = faults.length === 1;
  return (
    <div role="alert">
      <Notice
        tone="danger"
        title={`Nothing was looked for: ${one ? "a filter" : "some filters"} can't be searched by`}
        actions={
          <ButtonLink href={auditUrl({ ...filters, ...without })}>
            Search without {one ? "it" : "them"}
          </ButtonLink>
        }
      >
        <ul>
          {faults.map(({ name, label, text, rule }) => (
            <li key={name} className="[overflow-wrap:anywhere]">
              {label} <span className="mono">{shortened(text)}</span>: {rule}
            </li>
          ))}
        </ul>
      </Notice>
    </div>
  );
}

const SHOWN_OF_A_FAULT = 80;

function shortened(text: string): string {
  return text.length <= SHOWN_OF_A_FAULT ? text : `${text.slice(0, SHOWN_OF_A_FAULT)}…`;
}

interface FoundProps {
  first: RecordPage;
  query: AuditQuery;
  filters: AuditFilters;
  onChoose: (from: string, to: string) => void;
  onAgain: () => void;
}

function Found({ first, query, filters, onChoose, onAgain }: FoundProps) {
  const events = useEvents(first, query);
  const [open, setOpen] = useState<RecordEvent | null>(null);
  const isEmpty = events.items.length === 0 && !events.hasMore;
  return (
    <>
      {first.chart ? <AuditChart chart={first.chart} onChoose={onChoose} /> : null}
      <NewEvents events={events} onAgain={onAgain} />
      {events.whyNoNewer ? (
        <div role="alert" className="mb-2">
          <Notice
            title="New events are no longer looked for"
            actions={<Button onClick={onAgain}>Search again</Button>}
          >
            {events.whyNoNewer}
          </Notice>
        </div>
      ) : null}
      {isEmpty ? <NoEvents filters={filters} /> : <EventList events={events} onOpen={setOpen} />}
      {open ? <EventDrawer event={open} onClose={() => setOpen(null)} /> : null}
    </>
  );
}

/** What has come since: said aloud, and put into the list only when the reader wants it. */
function NewEvents({ events, onAgain }: { events: Events; onAgain: () => void }) {
  const { waiting, isManyMore, showWaiting } = events;
  const text = isManyMore ? "Many new events" : many(waiting.length, "new event");
  const isAny = isManyMore || waiting.length > 0;
  return (
    <div className={isAny ? "mb-2 flex justify-center" : ""}>
      <p role="status" className="sr-only">
        {isAny ? text : ""}
      </p>
      {isAny ? <Button onClick={isManyMore ? onAgain : showWaiting}>Show {text}</Button> : null}
    </div>
  );
}

function NoEvents({ filters }: { filters: AuditFilters }) {
  const isAll = !filters.from && !filters.to && filters.range === "all";
  const whole = auditUrl({ ...filters, range: "all", from: "", to: "" });
  return (
    <Empty
      title={isFiltered(filters) ? "No event passes these filters" : "No event in this time"}
      actions={
        <>
          {isAll ? null : <ButtonLink href={whole}>Look through all time</ButtonLink>}
          {isFiltered(filters) ? (
            <ButtonLink href={auditUrl({ range: filters.range })}>Clear the filters</ButtonLink>
          ) : null}
        </>
      }
    >
      {isAll ? "The whole record was looked through." : "Older ones may be on record."}
    </Empty>
  );
}

const EXTRA = [
  ["service", "Service"],
  ["environment", "Environment"],
  ["requestId", "Request"],
] as const;

/** Filters that came with a link and have no field. */
function Narrowed({
  filters,
  onAsk,
}: {
  filters: AuditFilters;
  onAsk: (next: AuditFilters) => void;
}) {
  const given = EXTRA.filter(([name]) => filters[name] !== "");
  if (given.length === 0) return null;
  return (
    <ul aria-label="More filters" className="mb-3 flex flex-wrap gap-2">
      {given.map(([name, label]) => (
        <li key={name} className="max-w-full">
          <Button
            tone="quiet"
            aria-label={`Take the filter away: ${label} ${filters[name]}`}
            onClick={() => onAsk({ ...filters, [name]: "" })}
            className="max-w-full bg-accent-soft"
          >
            <span className="truncate">
              {label}: {filters[name]}
            </span>
            <span aria-hidden>×</span>
          </Button>
        </li>
      ))}
    </ul>
  );
}

function Export({ query }: { query: AuditQuery }) {
  const save = (format: "jsonl" | "csv") => {
    const search = new URLSearchParams({ ...query, format });
    window.location.assign(`/api/v1/audit/export?${search.toString()}`);
  };
  return (
    <Menu
      label="Export"
      trigger={<Button icon={<Download aria-hidden size={14} />}>Export</Button>}
    >
      <MenuItem onChoose={() => save("jsonl")}>JSON Lines</MenuItem>
      <MenuItem onChoose={() => save("csv")}>CSV</MenuItem>
    </Menu>
  );
}
