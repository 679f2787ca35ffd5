import { start } from "../../components/start";
import { Popup } from "./popup";

void start("popupTitle", <Popup />);
