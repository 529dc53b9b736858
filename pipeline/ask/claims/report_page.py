"""stub"""


def write_report_page(database, build_id, columns, path):
    path.write_text("")
