-- a copy makes no backups, and deletes none of those of what it is a copy of
DELETE FROM ir_config_parameter WHERE key = 'dive_crm.backup_folder';
