from . import data_security
