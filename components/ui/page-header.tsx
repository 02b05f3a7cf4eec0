import { ChevronRight } from "lucide-react";
import Link from "next/link";
import type { ReactNode } from "react";

interface PageHeaderProps {
  title: ReactNode;
  /** The list that the page's thing is in. */
  above?: { label: string; href: string };
  beside?: ReactNode;
  actions?: ReactNode;
}

/** A page's heading, with what can be done on the page at its end. */
export function PageHeader({ title, above, beside, actions }: PageHeaderProps) {
  return (
    <header className="mb-4">
      {above ? (
        <nav aria-label="Breadcrumb" className="mb-1 flex items-center gap-1 text-muted">
          <Link href={above.href} prefetch={false} className="hover:text-ink hover:underline">
            {above.label}
          </Link>
          <ChevronRight aria-hidden size={14} />
        </nav>
      ) : null}
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
        <h1 className="min-w-0 text-title font-strong">{title}</h1>
        {beside}
        {actions ? <div className="ml-auto flex flex-wrap gap-2">{actions}</div> : null}
      </div>
    </header>
  );
}

interface SectionProps {
  /** What leads to it within the page. */
  id?: string;
  title: string;
  about?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
}

/** A part of a page, under a heading of its own. */
export function Section({ id, title, about, actions, children }: SectionProps) {
  return (
    <section id={id} className="mt-8 scroll-mt-16 rail:scroll-mt-4">
      <div className="mb-2 flex flex-wrap items-center justify-between gap-2">
        <div>
          <h2 className="text-large font-strong">{title}</h2>
          {about ? <p className="text-muted">{about}</p> : null}
        </div>
        {actions}
      </div>
      {children}
    </section>
  );
}

interface EmptyProps {
  title: string;
  children?: ReactNode;
  actions?: ReactNode;
}

/** What stands where a list would be. */
export function Empty({ title, children, actions }: EmptyProps) {
  return (
    <div className="flex flex-col items-center gap-1 rounded-md border border-dashed border-line-strong px-6 py-12 text-center">
      <p className="font-strong">{title}</p>
      {children ? <div className="max-w-[56ch] text-muted">{children}</div> : null}
      {actions ? <div className="mt-3 flex flex-wrap justify-center gap-2">{actions}</div> : null}
    </div>
  );
}

interface Fact {
  label: string;
  value: ReactNode;
}

/** Facts about a thing, side by side. */
export function Facts({ facts }: { facts: readonly Fact[] }) {
  return (
    <dl className="grid grid-cols-[repeat(auto-fill,minmax(200px,1fr))] gap-x-6 gap-y-4">
      {facts.map((fact) => (
        <div key={fact.label} className="min-w-0">
          <dt className="text-small text-muted">{fact.label}</dt>
          <dd className="break-words">{fact.value}</dd>
        </div>
      ))}
    </dl>
  );
}
