from . import data_security
from . import portal_certification
from . import sealed_file
