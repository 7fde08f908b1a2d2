// Forms of the run list's menus: columns, groups, order.
import { ColumnsForm } from "./lib/columnsform";
import { GroupForm, SortForm } from "./lib/orderforms";

tracklog.viewer("runforms", { ColumnsForm, GroupForm, SortForm });
