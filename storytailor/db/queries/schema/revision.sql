SELECT version_num FROM storytailor_schema;
