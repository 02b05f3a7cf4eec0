"use client";

import { FlaskConical, KeyRound, Layers, ScrollText, Server, Settings, Users } from "lucide-react";
import Link, { useLinkStatus } from "next/link";
import { usePathname } from "next/navigation";
import type { ReactNode } from "react";

const ICONS = {
  secrets: KeyRound,
  services: Server,
  playground: FlaskConical,
  audit: ScrollText,
  people: Users,
  environments: Layers,
  settings: Settings,
};

/** A page of the rail. Marks the one that is open, also on pages below it. */
export function RailLink({
  href,
  icon,
  children,
}: {
  href: string;
  icon: keyof typeof ICONS;
  children: ReactNode;
}) {
  const path = usePathname();
  const open = path === href || path.startsWith(`${href}/`);
  const Icon = ICONS[icon];
  return (
    <Link
      href={href}
      prefetch={false}
      aria-current={path === href ? "page" : open ? "true" : undefined}
      className="flex h-8 items-center gap-2 rounded-md px-2 text-muted transition-colors hover:bg-hover hover:text-ink aria-[current]:bg-line aria-[current]:text-ink"
    >
      <Icon aria-hidden size={16} className="max-[460px]:hidden" />
      {children}
      <Waiting />
    </Link>
  );
}

/** A dot while the page is on its way, if that takes long enough to wonder. */
function Waiting() {
  const { pending } = useLinkStatus();
  return pending ? (
    <span aria-hidden className="late ml-auto size-1.5 rounded-full bg-accent" />
  ) : null;
}
