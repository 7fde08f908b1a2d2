import "./entry";
