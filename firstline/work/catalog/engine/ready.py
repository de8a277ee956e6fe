"""The catalog most organisations begin with, in English and Vietnamese. Plain data: what the builder could have made."""

from __future__ import annotations

from typing import Any

Words = dict[str, str]


def _w(en: str, vi: str) -> Words:
    return {"en": en, "vi": vi}


def _q(key: str, kind: str, en: str, vi: str, **more: Any) -> dict[str, Any]:
    return {"key": key, "type": kind, "label": _w(en, vi), **more}


def _list(*options: tuple[str, str, str]) -> list[dict[str, Any]]:
    return [{"key": key, "label": _w(en, vi)} for key, en, vi in options]


def _is(field: str, *values: str) -> dict[str, Any]:
    return {"field": field, "operator": "is", "values": list(values)}


def _advice(en: str, vi: str) -> list[dict[str, Any]]:
    return [{"title": _w("Before you ask", "Trước khi gửi yêu cầu"), "text": _w(en, vi)}]


CATEGORIES: dict[str, tuple[Words, str]] = {
    "help": (_w("Something is wrong", "Có sự cố"), "alert"),
    "accounts": (_w("Accounts and access", "Tài khoản và quyền truy cập"), "key"),
    "programs": (_w("Programs and devices", "Phần mềm và thiết bị"), "laptop"),
    "people": (_w("People who come and go", "Nhân sự đến và đi"), "people"),
}
WHY = _q("why", "long", "What do you need it for?", "Bạn cần để làm gì?")

READY: tuple[dict[str, Any], ...] = (
    {
        "key": "incident", "category": "help", "icon": "alert", "kind": "incident", "hours": 8, "approval": "none",
        "names": _w("Report an incident", "Báo sự cố"),
        "summaries": _w("Something does not work as it should.", "Có thứ gì đó không hoạt động đúng."),
        "keywords": _w("broken error fault problem crash network down", "hỏng lỗi sự cố mạng chậm"),
        "subject": "{what}",
        "questions": [
            _q("area", "choice", "What is it about?", "Sự cố liên quan đến gì?", is_required=True, options=_list(
                ("network", "Network or internet", "Mạng hoặc internet"), ("computer", "Computer or phone", "Máy tính hoặc điện thoại"),
                ("program", "A program", "Một phần mềm"), ("other", "Something else", "Việc khác"))),
            _q("what", "short", "In a few words, what happens?", "Mô tả ngắn gọn sự cố", is_required=True, longest=200),
            _q("where", "short", "Where are you?", "Bạn đang ở đâu?", show_when=_is("area", "network"),
               help=_w("Building and room, or at home", "Tòa nhà và phòng, hoặc ở nhà")),
            _q("others", "yesno", "Are others affected, too?", "Người khác có bị ảnh hưởng không?", show_when=_is("area", "network", "program")),
            _q("program", "short", "Which program?", "Phần mềm nào?", is_required=True, show_when=_is("area", "program")),
            _q("stopped", "yesno", "Has your work stopped?", "Công việc của bạn có bị dừng không?", is_required=True),
            _q("picture", "file", "A picture of the screen", "Ảnh chụp màn hình", kinds=["picture", "pdf", "log"]),
        ],
        "procedures": _w("1. Ask what changed.\n2. Look for others with the same.\n3. Restore service first, find the cause after.",
                         "1. Hỏi điều gì đã thay đổi.\n2. Tìm người khác gặp lỗi tương tự.\n3. Khôi phục dịch vụ trước, tìm nguyên nhân sau."),
        "articles": _advice("Restart the program once, and look whether a colleague has the same trouble.",
                            "Khởi động lại phần mềm một lần và xem đồng nghiệp có gặp lỗi tương tự không."),
    },
    {
        "key": "question", "category": "help", "icon": "help", "hours": 8, "approval": "none",
        "names": _w("Ask a question", "Đặt câu hỏi"),
        "summaries": _w("You want to know something.", "Bạn muốn biết điều gì đó."),
        "keywords": _w("information how advice", "thông tin hướng dẫn tư vấn"), "subject": "{question}",
        "questions": [
            _q("question", "short", "Your question", "Câu hỏi của bạn", is_required=True, longest=200),
            _q("more", "long", "Anything that helps us to answer", "Thông tin giúp chúng tôi trả lời"),
        ],
        "procedures": _w("Answer, or hand it to who knows. Write an article when it is asked twice.",
                         "Trả lời hoặc chuyển cho người biết. Viết bài hướng dẫn khi được hỏi hai lần."),
        "articles": _advice("Search the help pages with two or three words first.", "Hãy tìm trong trang trợ giúp bằng hai hoặc ba từ trước."),
    },
    {
        "key": "password", "category": "accounts", "icon": "key", "hours": 1, "approval": "none", "urgency": 1, "impact": 3,
        "names": _w("Forgotten password", "Quên mật khẩu"),
        "summaries": _w("You cannot sign in, or your account is locked.", "Bạn không đăng nhập được hoặc tài khoản bị khóa."),
        "keywords": _w("reset locked login sign in mfa", "đặt lại mật khẩu đăng nhập bị khóa"),
        "subject": "Password: {account}",
        "questions": [
            _q("account", "choice", "For which account?", "Cho tài khoản nào?", is_required=True, options=_list(
                ("computer", "My computer", "Máy tính của tôi"), ("mail", "Mail", "Thư điện tử"),
                ("vpn", "VPN", "VPN"), ("other", "Another program", "Phần mềm khác"))),
            _q("program", "short", "Which program?", "Phần mềm nào?", is_required=True, show_when=_is("account", "other")),
            _q("phone", "phone", "Where can we call you back?", "Gọi lại cho bạn theo số nào?", is_required=True, prefill="phone",
               help=_w("We never ask for your password.", "Chúng tôi không bao giờ hỏi mật khẩu của bạn.")),
        ],
        "procedures": _w("1. Call back on the number we know and check who it is.\n2. Set a password that must be changed.\n3. Never write it into the ticket.",
                         "1. Gọi lại số đã biết và xác minh danh tính.\n2. Đặt mật khẩu tạm phải đổi khi đăng nhập.\n3. Không ghi mật khẩu vào phiếu."),
        "requirements": ["Identity is checked before anything is reset"],
        "articles": _advice("Check that Caps Lock is off and that you use the right keyboard layout.",
                            "Kiểm tra Caps Lock đã tắt và đúng kiểu bàn phím."),
    },
    {
        "key": "network-access", "category": "accounts", "icon": "wifi", "hours": 8, "approval": "manager",
        "names": _w("Network access", "Quyền truy cập mạng"),
        "summaries": _w("A folder, a printer network, the wireless network for a device or a guest.",
                        "Thư mục, mạng máy in, mạng không dây cho thiết bị hoặc khách."),
        "keywords": _w("wifi wlan folder share guest port", "wifi thư mục chia sẻ khách"), "subject": "Network access: {kind}",
        "questions": [
            _q("kind", "choice", "Access to what?", "Truy cập vào gì?", is_required=True, options=_list(
                ("folder", "A shared folder", "Thư mục dùng chung"), ("wireless", "The wireless network", "Mạng không dây"),
                ("guest", "The network for a guest", "Mạng cho khách"))),
            _q("folder", "short", "Which folder?", "Thư mục nào?", is_required=True, show_when=_is("kind", "folder")),
            _q("rights", "choice", "To do what?", "Để làm gì?", is_required=True, show_when=_is("kind", "folder"), options=_list(
                ("read", "Read", "Đọc"), ("write", "Read and change", "Đọc và sửa"))),
            _q("device", "short", "Hardware (MAC) address of the device", "Địa chỉ MAC của thiết bị", pattern="mac", show_when=_is("kind", "wireless")),
            _q("until", "date", "Until when?", "Đến khi nào?", least=0, require_when=_is("kind", "guest"), help=_w("A guest needs an end.", "Khách cần có ngày kết thúc.")),
            WHY,
        ],
        "procedures": _w("1. Check the approval.\n2. Give the least that does.\n3. Set the end date.", "1. Kiểm tra phê duyệt.\n2. Cấp quyền tối thiểu.\n3. Đặt ngày kết thúc."),
        "articles": _advice("Ask whoever owns the folder whether you may see it.", "Hãy hỏi người quản lý thư mục xem bạn có được phép không."),
    },
    {
        "key": "vpn", "category": "accounts", "icon": "shield", "hours": 8, "approval": "manager",
        "names": _w("VPN", "VPN"),
        "summaries": _w("Work from elsewhere as if you were in the office.", "Làm việc từ xa như đang ở văn phòng."),
        "keywords": _w("remote home office tunnel", "từ xa làm việc tại nhà"),
        "questions": [
            _q("device", "choice", "From which device?", "Từ thiết bị nào?", is_required=True, options=_list(
                ("work", "A device of the company", "Thiết bị của công ty"), ("own", "My own device", "Thiết bị cá nhân"))),
            _q("rules", "yesno", "Do you keep your device up to date and locked?", "Bạn có cập nhật và khóa thiết bị không?", is_required=True, show_when=_is("device", "own")),
            _q("from", "date", "From when?", "Từ khi nào?", least=0), WHY,
        ],
        "procedures": _w("1. Check the approval.\n2. Issue a certificate for this device only.\n3. Send the guide.",
                         "1. Kiểm tra phê duyệt.\n2. Cấp chứng chỉ chỉ cho thiết bị này.\n3. Gửi hướng dẫn."),
        "articles": _advice("Webmail and chat work without VPN.", "Thư web và chat hoạt động không cần VPN."),
    },
    {
        "key": "mailbox", "category": "accounts", "icon": "mail", "hours": 8, "approval": "manager",
        "names": _w("Shared mailbox", "Hộp thư dùng chung"),
        "summaries": _w("An address that several people read.", "Địa chỉ thư nhiều người cùng đọc."),
        "keywords": _w("mail group distribution list address", "thư nhóm danh sách địa chỉ"), "subject": "Mailbox {address}",
        "questions": [
            _q("address", "email", "Which address?", "Địa chỉ nào?", is_required=True),
            _q("readers", "table", "Who reads it?", "Ai đọc hộp thư?", is_required=True, most_rows=20, questions=[
                _q("reader", "person", "Person", "Người", is_required=True),
                _q("may_send", "yesno", "May send from it", "Được gửi thư", default=True)]),
            WHY,
        ],
        "procedures": _w("Create the mailbox, give rights by group, never by password.", "Tạo hộp thư, cấp quyền theo nhóm, không dùng chung mật khẩu."),
        "articles": _advice("A team that only wants copies is better off with a list.", "Nếu nhóm chỉ cần nhận bản sao, hãy dùng danh sách thư."),
    },
    {
        "key": "software", "category": "programs", "icon": "box", "hours": 16, "approval": "manager",
        "names": _w("Software", "Phần mềm"),
        "summaries": _w("Get a program, or have one installed again.", "Cài phần mềm mới hoặc cài lại."),
        "keywords": _w("install reinstall licence program app update", "cài đặt cài lại giấy phép ứng dụng"), "subject": "Software: {program}",
        "questions": [
            _q("wish", "choice", "What do you need?", "Bạn cần gì?", is_required=True, options=_list(
                ("new", "A program I do not have", "Phần mềm tôi chưa có"), ("again", "Reinstall one I have", "Cài lại phần mềm đã có"),
                ("licence", "A licence", "Giấy phép"))),
            _q("program", "short", "Which program?", "Phần mềm nào?", is_required=True, longest=120),
            _q("trouble", "long", "What is wrong with it?", "Phần mềm bị lỗi gì?", show_when=_is("wish", "again")),
            _q("why", "long", "What do you need it for?", "Bạn cần để làm gì?", require_when=_is("wish", "new", "licence"),
               show_when=_is("wish", "new", "licence")),
        ],
        "procedures": _w("1. Is it on the list of allowed programs?\n2. Is there a licence left?\n3. Install by the software centre, not by hand.",
                         "1. Có trong danh sách cho phép không?\n2. Còn giấy phép không?\n3. Cài qua trung tâm phần mềm."),
        "articles": _advice("Most programs can be installed from the software centre without asking.",
                            "Phần lớn phần mềm có thể tự cài từ trung tâm phần mềm."),
    },
    {
        "key": "hardware", "category": "programs", "icon": "laptop", "hours": 40, "approval": "manager", "cost": "0", "payer": "department",
        "names": _w("Hardware", "Phần cứng"),
        "summaries": _w("A laptop, a monitor, a keyboard or something else to work with.", "Máy tính, màn hình, bàn phím hoặc thiết bị khác."),
        "keywords": _w("laptop computer notebook monitor screen mouse keyboard headset dock", "máy tính màn hình chuột bàn phím tai nghe"),
        "subject": "Hardware: {device}",
        "questions": [
            _q("device", "choice", "What do you need?", "Bạn cần gì?", is_required=True, options=_list(
                ("laptop", "Laptop", "Máy tính xách tay"), ("monitor", "Monitor", "Màn hình"), ("keyboard", "Keyboard or mouse", "Bàn phím hoặc chuột"),
                ("headset", "Headset", "Tai nghe"), ("other", "Something else", "Thứ khác"))),
            _q("what", "short", "What exactly?", "Cụ thể là gì?", is_required=True, show_when=_is("device", "other")),
            _q("replaces", "yesno", "Does it replace something broken?", "Có thay thế thiết bị hỏng không?", show_when=_is("device", "laptop", "monitor")),
            _q("price", "money", "About how much does it cost?", "Giá khoảng bao nhiêu?", least=0, currency="EUR", show_when=_is("device", "other")),
            _q("deliver", "short", "Where shall we bring it?", "Giao đến đâu?", prefill="department"), WHY,
        ],
        "procedures": _w("1. Stock first, then order.\n2. Label it and write it into the assets.\n3. Take the old one back.",
                         "1. Kiểm tra kho trước khi đặt.\n2. Dán nhãn và ghi vào tài sản.\n3. Thu hồi thiết bị cũ."),
        "requirements": ["Somebody who may order", "Stock is checked"],
        "articles": _advice("A second monitor is pre-approved for every desk.", "Màn hình thứ hai được duyệt sẵn cho mỗi bàn."),
    },
    {
        "key": "phone", "category": "programs", "icon": "mobile", "hours": 24, "approval": "manager",
        "names": _w("Phone", "Điện thoại"),
        "summaries": _w("A mobile phone, a number, or a change to one.", "Điện thoại di động, số máy hoặc thay đổi."),
        "keywords": _w("mobile sim number call", "di động sim số điện thoại"),
        "questions": [
            _q("wish", "choice", "What do you need?", "Bạn cần gì?", is_required=True, options=_list(
                ("new", "A new phone", "Điện thoại mới"), ("sim", "A number or SIM", "Số hoặc SIM"), ("broken", "Mine is broken or lost", "Máy hỏng hoặc mất"))),
            _q("lost", "yesno", "Is it lost or stolen?", "Bị mất hoặc bị trộm?", is_required=True, show_when=_is("wish", "broken")),
            _q("lost_info", "info", "Call the desk at once so that we can lock it.", "Hãy gọi ngay để chúng tôi khóa máy.", show_when=_is("lost", "yes")),
            _q("number", "phone", "Which number?", "Số nào?", prefill="phone"), WHY,
        ],
        "procedures": _w("Lost: lock and wipe first, then the rest.", "Mất máy: khóa và xóa dữ liệu trước."),
        "articles": _advice("Restart it and look for updates.", "Khởi động lại và kiểm tra cập nhật."),
    },
    {
        "key": "printer", "category": "programs", "icon": "printer", "hours": 8, "approval": "none",
        "names": _w("Printer", "Máy in"),
        "summaries": _w("Connect a printer, order toner, or report a jam.", "Kết nối máy in, đặt mực hoặc báo kẹt giấy."),
        "keywords": _w("print toner paper scanner jam", "in mực giấy quét kẹt"), "subject": "Printer {printer}",
        "questions": [
            _q("wish", "choice", "What do you need?", "Bạn cần gì?", is_required=True, options=_list(
                ("connect", "Connect it to my computer", "Kết nối với máy của tôi"), ("toner", "Toner or paper", "Mực hoặc giấy"), ("broken", "It does not print", "Không in được"))),
            _q("printer", "short", "Which printer?", "Máy in nào?", is_required=True, help=_w("The number on its label", "Số trên nhãn máy")),
            _q("what", "long", "What does it show?", "Máy hiển thị gì?", show_when=_is("wish", "broken")),
        ],
        "procedures": _w("Try to print a test page from the server first.", "Thử in trang kiểm tra từ máy chủ trước."),
        "articles": _advice("Switch it off for ten seconds, then on again.", "Tắt máy mười giây rồi bật lại."),
    },
    {
        "key": "onboarding", "category": "people", "icon": "person-plus", "hours": 40, "approval": "manager", "workflow": "onboarding",
        "names": _w("New colleagues", "Nhân viên mới"), "makes": "children", "rows": "people",
        "summaries": _w("Somebody begins: accounts, devices, access, all on the first day.", "Có người mới: tài khoản, thiết bị, quyền truy cập từ ngày đầu."),
        "keywords": _w("onboarding starter joiner new hire employee", "nhân viên mới tiếp nhận"),
        "questions": [
            _q("page_who", "page", "Who begins", "Ai bắt đầu"),
            _q("department", "short", "Department", "Phòng ban", is_required=True, prefill="department"),
            _q("manager", "person", "Manager", "Quản lý", is_required=True, prefill="name"),
            _q("people", "table", "New colleagues", "Nhân viên mới", is_required=True, most_rows=30, questions=[
                _q("name", "short", "Name", "Họ tên", is_required=True, longest=120), _q("title", "short", "Job title", "Chức danh"),
                _q("begins", "date", "First day", "Ngày đầu tiên", is_required=True, least=0),
                _q("private_email", "email", "Private e-mail address", "E-mail cá nhân")]),
            _q("page_what", "page", "What they need", "Họ cần gì"),
            _q("devices", "choices", "Devices", "Thiết bị", options=_list(
                ("laptop", "Laptop", "Máy tính xách tay"), ("monitor", "Monitor", "Màn hình"), ("phone", "Phone", "Điện thoại"), ("headset", "Headset", "Tai nghe"))),
            _q("access", "choices", "Access", "Quyền truy cập", options=_list(
                ("mail", "Mail", "Thư"), ("vpn", "VPN", "VPN"), ("finance", "Finance programs", "Phần mềm tài chính"), ("admin", "Administrator rights", "Quyền quản trị"))),
            _q("admin_why", "long", "Why administrator rights?", "Tại sao cần quyền quản trị?", is_required=True, show_when=_is("access", "admin")),
            _q("remarks", "long", "Anything else", "Thông tin khác"),
        ],
        "procedures": _w("1. Accounts by role.\n2. Devices a week before.\n3. Welcome on the first day.", "1. Tài khoản theo vai trò.\n2. Thiết bị trước một tuần.\n3. Chào đón ngày đầu tiên."),
        "articles": _advice("Tell us at least five working days before the first day.", "Hãy báo trước ít nhất năm ngày làm việc."),
    },
    {
        "key": "offboarding", "category": "people", "icon": "sign-out", "hours": 16, "approval": "manager", "workflow": "offboarding",
        "names": _w("Somebody leaves", "Nhân viên nghỉ việc"), "subject": "Leaving: {person}",
        "summaries": _w("Accounts are closed and devices come back on the last day.", "Đóng tài khoản và thu hồi thiết bị vào ngày cuối."),
        "keywords": _w("offboarding leaver quit end", "nghỉ việc thôi việc"),
        "questions": [
            _q("person", "person", "Who leaves?", "Ai nghỉ việc?", is_required=True),
            _q("last_day", "date", "Last day", "Ngày cuối", is_required=True),
            _q("at_once", "yesno", "Must access end at once?", "Có cần khóa ngay không?", is_required=True),
            _q("mail_to", "person", "Who gets their mail from then on?", "Ai nhận thư sau đó?"),
            _q("keep", "long", "What must be kept?", "Cần lưu giữ gì?"),
        ],
        "procedures": _w("1. Lock accounts at the hour agreed.\n2. Collect devices and badge.\n3. Hand over mail and files.",
                         "1. Khóa tài khoản đúng giờ.\n2. Thu thiết bị và thẻ.\n3. Bàn giao thư và tệp."),
        "articles": _advice("Agree with them who takes over their work.", "Thống nhất ai tiếp nhận công việc."),
    },
)  # fmt: skip
