import type { Route } from "../route";
import { accountRoutes } from "./account";
import { backupRoutes } from "./backup";
import { auditRoutes } from "./audit";
import { checkRoutes } from "./check";
import { environmentRoutes } from "./environments";
import { identityRoutes } from "./identity";
import { incidentRoutes } from "./incidents";
import { heldServiceRoutes } from "./held-services";
import { importRoutes } from "./imports";
import { policyRoutes } from "./policy";
import { integrityRoutes } from "./integrity";
import { keyRoutes } from "./keys";
import { renderRoute } from "./render";
import { resolveRoute } from "./resolve";
import { secretRoutes } from "./secrets";
import { serviceRoutes } from "./services";
import { sinkRoutes } from "./sinks";
import { userRoutes } from "./users";
import { watchRoutes } from "./watch";

/** Every route of the API. What is not in this list is not served, and not in the OpenAPI document. */
export const routes: readonly Route[] = [
  resolveRoute,
  renderRoute,
  ...checkRoutes,
  ...watchRoutes,
  ...identityRoutes,
  ...secretRoutes,
  ...importRoutes,
  ...serviceRoutes,
  ...heldServiceRoutes,
  ...incidentRoutes,
  ...environmentRoutes,
  ...userRoutes,
  ...accountRoutes,
  ...policyRoutes,
  ...integrityRoutes,
  ...auditRoutes,
  ...sinkRoutes,
  ...keyRoutes,
  ...backupRoutes,
];
