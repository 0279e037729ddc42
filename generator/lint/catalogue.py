"""Every kind of remark: what it is called, and what a regulation would have to say."""

from __future__ import annotations

from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Kind:
    """A kind of remark. title: in a few words; wording: what would close it, where the remark has nothing better."""

    title: str
    wording: str


CATALOGUE: dict[str, Kind] = {
    # units and points
    "units-unlisted": Kind("没有列出考核对象", "附上名单，并写明分组"),
    "count-differs": Kind("写的个数与列出的不符", "改成一致"),
    "sum-differs": Kind("分值加起来不对", "改正分项或合计的分值，使各项之和等于合计；分项只是扣分情形的，写“合计最多扣…分”"),
    "points-missing": Kind("没有分值和计分办法", "写明各项分值和怎样计分；另有文件规定的，写明文件和条款"),
    "points-out-of-reach": Kind("有的单位得不到满分", "写明没有这项任务的单位怎么计：按适用分值折算、取平均分，或另定分值"),
    "points-uneven": Kind("同一项指标各单位分值不同", "改成一致，或写明为什么不同（已经写明的不必改）"),
    "share-uneven": Kind("有的单位大半分值压在一项上", "拆成几项，或写明完成一部分怎样计分"),
    "borrowed-points": Kind("有的单位大半得分要靠别的单位的平均分", "写明没有任务的单位怎么计：按有的任务折算，或另定分值"),
    "rows-share-points": Kind("几行没有自己的分值，合用一个", "写“合计最多扣…分”，或各行分开定分值"),
    "due-uneven": Kind("各单位的应得分相差很大", "写明总分怎样换算，如“得分÷本单位应得分×100”"),
    # deductions
    "points-left-over": Kind("写明的扣分扣不完分值", "写明其余分值怎么扣，或把分值改为扣得完的数"),
    "deduction-exceeds": Kind("各种扣分加起来超过分值", "核对扣分与分值；几种情形并列的，写明“扣完为止”（已经写明的不必改）"),
    "single-exceeds": Kind("一次扣的就超过分值", "核对每次扣分与分值"),
    "deduction-slight": Kind("一次扣得很少，几十次才扣得完", "核对每次扣分与分值"),
    "cap-on-some": Kind("只有一部分情形写了最多扣几分", "写明其余情形最多扣几分，或合计扣完为止"),
    "floor-assumed": Kind("扣到几分为止没有写", "写“扣完为止”，或写明可以扣成负分"),
    "limit-assumed": Kind("合计最多扣（加）几分没有写", "写“最多扣（加）…分”，或写明不设限度"),
    "times-open": Kind("按次数计还是只计一次没有写", "写“每次扣（加）…分”，或写“只计一次”"),
    "joint-open": Kind("几样都没有做到才扣，还是有一样就扣，没有写", "写“有一项没有做到的扣…分”，或写“各扣…分”"),
    "sum-or-highest": Kind("几种情形只取最高的还是相加，没有写", "写“只取最高的一项”，或写“可以累加”"),
    "zero-scope": Kind("不得分的是哪一项不清楚", "写明不得分的项目的序号"),
    "floor-missing": Kind("总分可以是负数", "写明总分最低计几分，或写明负分照计"),
    # additions
    "cap-missing": Kind("加分没有上限", "写“最多加…分”，或写明加分后总分以几分为限"),
    "cap-assumed": Kind("超额完成封不封顶没有写", "写“最多得满分”，或写明超额部分怎样加分"),
    "over-points": Kind("按公式算得出比分值更高的分", "核对系数，或写明超过分值的不计"),
    "cap-unreachable": Kind("封顶达不到", "改低封顶，或增加可得分的情形"),
    "cap-net": Kind("加分、扣分相抵以后有上限，还是各有上限，没有写", "写“加分、扣分相抵后不超过…分”，或写“加分最多…分，扣分最多…分”"),
    "levels-open": Kind("级别有重叠，或有的级别没有写", "写成互不重叠的各级，最高一级写“以上”"),
    "total-exceeds": Kind("总分可以超过满分", "写明加分后总分是否以满分为限"),
    "earned-only-by-events": Kind("没有这些情形就得不到分", "写明没有这类情形的单位怎么计，或列为满分以外的加分"),
    "adds-among-deductions": Kind("多数指标从满分往下扣，这几项却从0分往上加", "写明这几项从0分起计，或改写成扣分"),
    "amount-open": Kind("加（扣）几分没有写", "写明每种情形加（扣）几分，或给出幅度"),
    "score-gap": Kind("只差一点，得分断开", "写明中间怎样过渡，或写明就是这样断开"),
    "same-matter": Kind("同一事项只计一次，什么算同一事项没有写", "写明怎样认定同一事项，并写明不同事项相加"),
    # bands and steps
    "band-overlap": Kind("相邻两档的端点重叠", "写明端点归哪一档，如“以上含本数，以下不含本数”"),
    "band-gap": Kind("两档之间有空档", "补上空档，或写明落在空档里怎么计"),
    "band-open": Kind("有的数不在任何一档", "补上这一档"),
    "partial-step": Kind("不足一档怎么扣没有写", "写“不足的按比例扣”或“不足的不扣”"),
    "range-open": Kind("只写了扣分的幅度", "写明什么情形扣多少"),
    "stage-between": Kind("只写了几个阶段", "写明两个阶段之间、过了时限才完成的怎么计"),
    "about-figure": Kind("标准是个约数或幅度", "写明上下可以差多少，在幅度里面的怎么计"),
    # formulas
    "zero-denominator": Kind("分母可能为0", "写明数量为0（没有发生）时怎么计分"),
    "zero-target": Kind("目标是0", "写明目标为0的怎么计：不计这一项，还是不发生即得满分"),
    "target-outlier": Kind("目标与别的单位相差十倍以上", "核对数字和计量单位"),
    "lower-is-better": Kind("越低越好的指标，超过目标怎样按比例计没有写", "写明公式，如“目标÷实际×分值”"),
    "negative-actual": Kind("完成值可以是负数（如负增长）", "写明负增长计几分"),
    "weights-differ": Kind("权重加起来不是100%", "改正权重"),
    "figure-outside": Kind("计分要用的一个数没有写", "写明这个数，或写明以什么为准"),
    "nothing-asked": Kind("得分不看任何完成情况", "写明这些单位这一项怎么计：给满分、不计，还是另定"),
    "borrows-score": Kind("得分照另一个被考核单位的计", "写明对方没有得分或有变动时怎么计"),
    "period-missing": Kind("没有考核的期怎么算没有写全", "写明只平均参加了的期，还是仍按原来的期数平均"),
    "first-period": Kind("第一期没有上一期", "写明第一期怎么计"),
    "may-fall-away": Kind("有的项可能整个取消", "写明取消后这一项不计，还是按满分计"),
    # ranks and grades
    "quota-uneven": Kind("名额比例算出来不是整数", "写明怎样取整，或直接写名额数"),
    "ties-open": Kind("并列怎么排没有写", "写明并列的取同一名次、其后名次空出，或再比什么"),
    "ties-built-in": Kind("名次必然并列", "写明并列时再比什么"),
    "rank-by-load": Kind(
        "任务都完成，名次仍由承担任务的多少定", "写明按完成率排名，或承担少的怎么折算；就是要这样的，写明任务少的得不到满分"
    ),
    "rank-scope": Kind("在哪些单位里比没有写", "写明各组分别比，还是一起比"),
    "extremum-ties": Kind("最高（最低）的有几个时怎么办没有写", "写明并列时都适用，或再比什么"),
    "grade-open": Kind("不够条件的定什么等次没有写", "写明不具备条件的定为哪一等次"),
    "grade-missing": Kind("否决要定的等次没有规定", "写明等次怎样划分"),
    "veto-place": Kind("被否决的单位占不占名次没有写", "写明直接定等次的单位是否占用本组名额"),
    # who
    "unit-untouched": Kind("有的单位没有承担任何指标", "把它列入有关指标，或从被考核单位里去掉"),
    "unit-outside": Kind("责任单位不在考核对象里", "列入考核对象，或从责任单位里去掉"),
    "carrier-missing": Kind("没有责任单位", "写明由谁承担；暂缺的写明分值怎么处理"),
    "left-out-once": Kind("只在一项里没有列出", "核对是否漏列"),
    "unit-twice": Kind("同一单位写了两次", "删去重复的"),
    "role-twice": Kind("同一单位在一项里列在两栏", "只留一栏，或写明按哪一栏计"),
    "role-unused": Kind("有的角色写了系数，却没有列出单位", "删去这个角色的系数，或在各项里列出这样的单位"),
    "several-leads": Kind("一项有几个牵头单位，各得全分还是分摊没有写", "写明各牵头单位都按全分计，或怎样分摊"),
    "role-open": Kind("一种情形只写了一种角色怎么扣", "写明其他角色扣几分，或写明不扣"),
    "assessor-missing": Kind("没有写由谁考核", "写明考核主体"),
    "assessor-two-names": Kind("同一考核主体写了两个名称", "统一名称"),
    "assesses-itself": Kind("自己考核自己", "改由别的部门考核，或写明回避办法"),
    "average-of-few": Kind("平均分只有一个或没有单位可平均", "写明有任务的单位只有一个或没有时怎么计"),
    "average-unused": Kind("写了没有任务的取平均分，各单位却都有任务", "删去这一句，或写明谁没有任务"),
    "fact-open": Kind("要看单位的情况，名单没有列", "附上名单，或写明由谁认定"),
    "import-mismatch": Kind("列的单位与所采用的考核方案不一致", "统一两处的名单"),
    "import-part": Kind("所采用的结果在那个考核方案里没有", "写明采用哪一项"),
    "import-scale": Kind("所采用的结果两处的满分不一样", "写明怎样折算，或统一满分"),
    "coefficient-twice": Kind("系数乘了两次", "写明采用的是未乘系数的成绩，或这里不再乘"),
    # how it is judged
    "direct-judgement": Kind("没有计分标准，只能由考核主体评分", "写明得分、扣分的标准"),
    "partial-credit": Kind("几个条件都具备才得分，具备一部分怎么计没有写", "写明各条件各占几分，或“缺一项不得分”"),
    "several-targets": Kind("一项里有几个目标，只有一个分值", "给每个目标分值，或写明有一个没有完成怎么计"),
    "same-measure-twice": Kind("同一个率在几项里都考，是一次测评还是分别测评没有写", "写明各项分别测评，或一次测评用于各项"),
    "matter-twice": Kind("同一件事可能在几项里都失分", "写明不重复扣分，或各项照扣"),
    "method-assumed": Kind("怎样得分没有写，现按考核簿补的计", "写明完成得几分，没有完成的怎么计"),
    "part-exceeds": Kind("一部分比整个还大", "核对两个数"),
    "tolerance-open": Kind("要求两个数一致，允许差多少没有写", "写明相差多少以内算一致，不一致的怎么计"),
    "rate-open": Kind("比例没有写上限", "写明最多100%；可以超过的，写明超过的怎么计"),
    "over-whole": Kind("率写成100%以上", "写“100%”"),
    "target-relative": Kind("目标是在全省（全国）的位次或平均数", "写明以谁公布的数为准，没有达到的怎么计"),
    "counted-twice": Kind("两项考核的可能是同一件事", "合并，或写明各考什么"),
    "item-repeated": Kind("各单位都有同一项", "可以写进通用部分"),
    "deadline-past": Kind("印发时已经过了完成时限", "写明过了时限才完成的怎么计"),
    "period-past": Kind("印发时有的期已经过去", "写明过去的各期采用已有的结果、补考核，还是从印发以后起算"),
    "rounding-open": Kind("得分保留几位小数没有写", "写“保留两位小数，四舍五入”"),
    # what the scheme itself declares
    "two-readings": Kind("一条有几种理解", "照现取的理解写明白"),
    "measure-differs": Kind("计分办法和计分规则计数的单位不同", "改成一致，如都按“每件”"),
    "figures-differ": Kind("两处写的数不一样", "改成一致"),
}

DECLARED = ("two-readings",)
"""The kinds that only say again what the scheme says of itself: counted apart."""


@dataclass(frozen=True)
class Remark:
    """One remark. at: the first indicator or group it is about, '' for the whole scheme; clause: where it stands in the text.

    found: whether it follows from the scheme's structure and words, and was not only written into a note or a reading.
    """

    code: str
    at: str
    clause: str
    message: str
    wording: str
    found: bool = True

    @property
    def declared(self) -> bool:
        """Whether it only says again what a reading or a note of the scheme says, and nothing that was found."""
        return self.code in DECLARED

    def as_dict(self) -> dict[str, str | bool]:
        """For JSON."""
        return {**asdict(self), "declared": self.declared}
