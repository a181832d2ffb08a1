from . import data_security
from . import sealed_file
