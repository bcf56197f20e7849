/**
 * Names of system registers and system operations, whether we implement them or not (DDI 0487 D19 and C5.3-C5.5): encodings and names
 * as binutils 2.40 knows them. What a register does is said by its row in isa/sysregs.
 */

/** `op0_op1_cCRn: CRm_op2=name …` */
const registers = `
2_0_c0: 0_2=osdtrrx_el1 0_4=dbgbvr0_el1 0_5=dbgbcr0_el1 0_6=dbgwvr0_el1 0_7=dbgwcr0_el1 1_4=dbgbvr1_el1 1_5=dbgbcr1_el1
2_0_c0: 1_6=dbgwvr1_el1 1_7=dbgwcr1_el1 2_0=mdccint_el1 2_2=mdscr_el1 2_4=dbgbvr2_el1 2_5=dbgbcr2_el1 2_6=dbgwvr2_el1
2_0_c0: 2_7=dbgwcr2_el1 3_2=osdtrtx_el1 3_4=dbgbvr3_el1 3_5=dbgbcr3_el1 3_6=dbgwvr3_el1 3_7=dbgwcr3_el1 4_4=dbgbvr4_el1
2_0_c0: 4_5=dbgbcr4_el1 4_6=dbgwvr4_el1 4_7=dbgwcr4_el1 5_4=dbgbvr5_el1 5_5=dbgbcr5_el1 5_6=dbgwvr5_el1 5_7=dbgwcr5_el1
2_0_c0: 6_2=oseccr_el1 6_4=dbgbvr6_el1 6_5=dbgbcr6_el1 6_6=dbgwvr6_el1 6_7=dbgwcr6_el1 7_4=dbgbvr7_el1 7_5=dbgbcr7_el1
2_0_c0: 7_6=dbgwvr7_el1 7_7=dbgwcr7_el1 8_4=dbgbvr8_el1 8_5=dbgbcr8_el1 8_6=dbgwvr8_el1 8_7=dbgwcr8_el1 9_4=dbgbvr9_el1
2_0_c0: 9_5=dbgbcr9_el1 9_6=dbgwvr9_el1 9_7=dbgwcr9_el1 10_4=dbgbvr10_el1 10_5=dbgbcr10_el1 10_6=dbgwvr10_el1 10_7=dbgwcr10_el1
2_0_c0: 11_4=dbgbvr11_el1 11_5=dbgbcr11_el1 11_6=dbgwvr11_el1 11_7=dbgwcr11_el1 12_4=dbgbvr12_el1 12_5=dbgbcr12_el1
2_0_c0: 12_6=dbgwvr12_el1 12_7=dbgwcr12_el1 13_4=dbgbvr13_el1 13_5=dbgbcr13_el1 13_6=dbgwvr13_el1 13_7=dbgwcr13_el1
2_0_c0: 14_4=dbgbvr14_el1 14_5=dbgbcr14_el1 14_6=dbgwvr14_el1 14_7=dbgwcr14_el1 15_4=dbgbvr15_el1 15_5=dbgbcr15_el1
2_0_c0: 15_6=dbgwvr15_el1 15_7=dbgwcr15_el1
2_0_c1: 0_0=mdrar_el1 0_4=oslar_el1 1_4=oslsr_el1 3_4=osdlr_el1 4_4=dbgprcr_el1
2_0_c7: 8_6=dbgclaimset_el1 9_6=dbgclaimclr_el1 14_6=dbgauthstatus_el1
2_0_c8: 0_0=csrcr_el1 0_1=csrptr_el1 0_3=csrptridx_el1
2_1_c0: 0_1=trctraceidr 0_2=trcvictlr 0_4=trcseqevr0 0_5=trccntrldvr0 0_6=trcidr8 0_7=trcimspec0 1_0=trcprgctlr 1_1=trcqctlr
2_1_c0: 1_2=trcviiectlr 1_4=trcseqevr1 1_5=trccntrldvr1 1_6=trcidr9 1_7=trcimspec1 2_0=trcprocselr 2_2=trcvissctlr 2_4=trcseqevr2
2_1_c0: 2_5=trccntrldvr2 2_6=trcidr10 2_7=trcimspec2 3_0=trcstatr 3_2=trcvipcssctlr 3_5=trccntrldvr3 3_6=trcidr11 3_7=trcimspec3
2_1_c0: 4_0=trcconfigr 4_5=trccntctlr0 4_6=trcidr12 4_7=trcimspec4 5_5=trccntctlr1 5_6=trcidr13 5_7=trcimspec5 6_0=trcauxctlr
2_1_c0: 6_4=trcseqrstevr 6_5=trccntctlr2 6_7=trcimspec6 7_4=trcseqstr 7_5=trccntctlr3 7_7=trcimspec7 8_0=trceventctl0r
2_1_c0: 8_2=trcvdctlr 8_4=trcextinselr0 8_5=trccntvr0 8_7=trcidr0 9_0=trceventctl1r 9_2=trcvdsacctlr 9_4=trcextinselr1
2_1_c0: 9_5=trccntvr1 9_7=trcidr1 10_0=trcrsr 10_2=trcvdarcctlr 10_4=trcextinselr2 10_5=trccntvr2 10_7=trcidr2 11_0=trcstallctlr
2_1_c0: 11_4=trcextinselr3 11_5=trccntvr3 11_7=trcidr3 12_0=trctsctlr 12_7=trcidr4 13_0=trcsyncpr 13_7=trcidr5 14_0=trcccctlr
2_1_c0: 14_7=trcidr6 15_0=trcbbctlr 15_7=trcidr7
2_1_c1: 0_1=trcrsctlr16 0_2=trcssccr0 0_3=trcsspcicr0 0_4=trcoslar 1_1=trcrsctlr17 1_2=trcssccr1 1_3=trcsspcicr1 1_4=trcoslsr
2_1_c1: 2_0=trcrsctlr2 2_1=trcrsctlr18 2_2=trcssccr2 2_3=trcsspcicr2 3_0=trcrsctlr3 3_1=trcrsctlr19 3_2=trcssccr3 3_3=trcsspcicr3
2_1_c1: 4_0=trcrsctlr4 4_1=trcrsctlr20 4_2=trcssccr4 4_3=trcsspcicr4 4_4=trcpdcr 5_0=trcrsctlr5 5_1=trcrsctlr21 5_2=trcssccr5
2_1_c1: 5_3=trcsspcicr5 5_4=trcpdsr 6_0=trcrsctlr6 6_1=trcrsctlr22 6_2=trcssccr6 6_3=trcsspcicr6 7_0=trcrsctlr7 7_1=trcrsctlr23
2_1_c1: 7_2=trcssccr7 7_3=trcsspcicr7 8_0=trcrsctlr8 8_1=trcrsctlr24 8_2=trcsscsr0 9_0=trcrsctlr9 9_1=trcrsctlr25 9_2=trcsscsr1
2_1_c1: 10_0=trcrsctlr10 10_1=trcrsctlr26 10_2=trcsscsr2 11_0=trcrsctlr11 11_1=trcrsctlr27 11_2=trcsscsr3 12_0=trcrsctlr12
2_1_c1: 12_1=trcrsctlr28 12_2=trcsscsr4 13_0=trcrsctlr13 13_1=trcrsctlr29 13_2=trcsscsr5 14_0=trcrsctlr14 14_1=trcrsctlr30
2_1_c1: 14_2=trcsscsr6 15_0=trcrsctlr15 15_1=trcrsctlr31 15_2=trcsscsr7
2_1_c2: 0_0=trcacvr0 0_1=trcacvr8 0_2=trcacatr0 0_3=trcacatr8 0_4=trcdvcvr0 0_5=trcdvcvr4 0_6=trcdvcmr0 0_7=trcdvcmr4 2_0=trcacvr1
2_1_c2: 2_1=trcacvr9 2_2=trcacatr1 2_3=trcacatr9 4_0=trcacvr2 4_1=trcacvr10 4_2=trcacatr2 4_3=trcacatr10 4_4=trcdvcvr1
2_1_c2: 4_5=trcdvcvr5 4_6=trcdvcmr1 4_7=trcdvcmr5 6_0=trcacvr3 6_1=trcacvr11 6_2=trcacatr3 6_3=trcacatr11 8_0=trcacvr4
2_1_c2: 8_1=trcacvr12 8_2=trcacatr4 8_3=trcacatr12 8_4=trcdvcvr2 8_5=trcdvcvr6 8_6=trcdvcmr2 8_7=trcdvcmr6 10_0=trcacvr5
2_1_c2: 10_1=trcacvr13 10_2=trcacatr5 10_3=trcacatr13 12_0=trcacvr6 12_1=trcacvr14 12_2=trcacatr6 12_3=trcacatr14 12_4=trcdvcvr3
2_1_c2: 12_5=trcdvcvr7 12_6=trcdvcmr3 12_7=trcdvcmr7 14_0=trcacvr7 14_1=trcacvr15 14_2=trcacatr7 14_3=trcacatr15
2_1_c3: 0_0=trccidcvr0 0_1=trcvmidcvr0 0_2=trccidcctlr0 1_2=trccidcctlr1 2_0=trccidcvr1 2_1=trcvmidcvr1 2_2=trcvmidcctlr0
2_1_c3: 3_2=trcvmidcctlr1 4_0=trccidcvr2 4_1=trcvmidcvr2 6_0=trccidcvr3 6_1=trcvmidcvr3 8_0=trccidcvr4 8_1=trcvmidcvr4
2_1_c3: 10_0=trccidcvr5 10_1=trcvmidcvr5 12_0=trccidcvr6 12_1=trcvmidcvr6 14_0=trccidcvr7 14_1=trcvmidcvr7
2_1_c7: 0_4=trcitctrl 2_7=trcdevid 3_7=trcdevtype 4_7=trcpidr4 5_7=trcpidr5 6_7=trcpidr6 7_7=trcpidr7 8_6=trcclaimset 8_7=trcpidr0
2_1_c7: 9_6=trcclaimclr 9_7=trcpidr1 10_6=trcdevaff0 10_7=trcpidr2 11_6=trcdevaff1 11_7=trcpidr3 12_6=trclar 12_7=trccidr0
2_1_c7: 13_6=trclsr 13_7=trccidr1 14_6=trcauthstatus 14_7=trccidr2 15_6=trcdevarch 15_7=trccidr3
2_1_c8: 0_0=brbinf0_el1 0_1=brbsrc0_el1 0_2=brbtgt0_el1 0_4=brbinf16_el1 0_5=brbsrc16_el1 0_6=brbtgt16_el1 1_0=brbinf1_el1
2_1_c8: 1_1=brbsrc1_el1 1_2=brbtgt1_el1 1_4=brbinf17_el1 1_5=brbsrc17_el1 1_6=brbtgt17_el1 2_0=brbinf2_el1 2_1=brbsrc2_el1
2_1_c8: 2_2=brbtgt2_el1 2_4=brbinf18_el1 2_5=brbsrc18_el1 2_6=brbtgt18_el1 3_0=brbinf3_el1 3_1=brbsrc3_el1 3_2=brbtgt3_el1
2_1_c8: 3_4=brbinf19_el1 3_5=brbsrc19_el1 3_6=brbtgt19_el1 4_0=brbinf4_el1 4_1=brbsrc4_el1 4_2=brbtgt4_el1 4_4=brbinf20_el1
2_1_c8: 4_5=brbsrc20_el1 4_6=brbtgt20_el1 5_0=brbinf5_el1 5_1=brbsrc5_el1 5_2=brbtgt5_el1 5_4=brbinf21_el1 5_5=brbsrc21_el1
2_1_c8: 5_6=brbtgt21_el1 6_0=brbinf6_el1 6_1=brbsrc6_el1 6_2=brbtgt6_el1 6_4=brbinf22_el1 6_5=brbsrc22_el1 6_6=brbtgt22_el1
2_1_c8: 7_0=brbinf7_el1 7_1=brbsrc7_el1 7_2=brbtgt7_el1 7_4=brbinf23_el1 7_5=brbsrc23_el1 7_6=brbtgt23_el1 8_0=brbinf8_el1
2_1_c8: 8_1=brbsrc8_el1 8_2=brbtgt8_el1 8_4=brbinf24_el1 8_5=brbsrc24_el1 8_6=brbtgt24_el1 9_0=brbinf9_el1 9_1=brbsrc9_el1
2_1_c8: 9_2=brbtgt9_el1 9_4=brbinf25_el1 9_5=brbsrc25_el1 9_6=brbtgt25_el1 10_0=brbinf10_el1 10_1=brbsrc10_el1 10_2=brbtgt10_el1
2_1_c8: 10_4=brbinf26_el1 10_5=brbsrc26_el1 10_6=brbtgt26_el1 11_0=brbinf11_el1 11_1=brbsrc11_el1 11_2=brbtgt11_el1
2_1_c8: 11_4=brbinf27_el1 11_5=brbsrc27_el1 11_6=brbtgt27_el1 12_0=brbinf12_el1 12_1=brbsrc12_el1 12_2=brbtgt12_el1
2_1_c8: 12_4=brbinf28_el1 12_5=brbsrc28_el1 12_6=brbtgt28_el1 13_0=brbinf13_el1 13_1=brbsrc13_el1 13_2=brbtgt13_el1
2_1_c8: 13_4=brbinf29_el1 13_5=brbsrc29_el1 13_6=brbtgt29_el1 14_0=brbinf14_el1 14_1=brbsrc14_el1 14_2=brbtgt14_el1
2_1_c8: 14_4=brbinf30_el1 14_5=brbsrc30_el1 14_6=brbtgt30_el1 15_0=brbinf15_el1 15_1=brbsrc15_el1 15_2=brbtgt15_el1
2_1_c8: 15_4=brbinf31_el1 15_5=brbsrc31_el1 15_6=brbtgt31_el1
2_1_c9: 0_0=brbcr_el1 0_1=brbfcr_el1 0_2=brbts_el1 1_0=brbinfinj_el1 1_1=brbsrcinj_el1 1_2=brbtgtinj_el1 2_0=brbidr0_el1
2_2_c0: 0_0=teecr32_el1
2_2_c1: 0_0=teehbr32_el1
2_3_c0: 1_0=mdccsr_el0 4_0=dbgdtr_el0 5_0=dbgdtrrx_el0
2_3_c8: 0_0=csrcr_el0 0_1=csrptr_el0 0_2=csridr_el0 0_3=csrptridx_el0
2_4_c0: 7_0=dbgvcr32_el2
2_4_c8: 0_0=csrcr_el2 0_1=csrptr_el2 0_3=csrptridx_el2
2_4_c9: 0_0=brbcr_el2
2_5_c8: 0_0=csrcr_el12 0_1=csrptr_el12
2_5_c9: 0_0=brbcr_el12
3_0_c0: 0_0=midr_el1 0_4=mpuir_el1 0_5=mpidr_el1 0_6=revidr_el1 1_0=id_pfr0_el1 1_1=id_pfr1_el1 1_2=id_dfr0_el1 1_3=id_afr0_el1
3_0_c0: 1_4=id_mmfr0_el1 1_5=id_mmfr1_el1 1_6=id_mmfr2_el1 1_7=id_mmfr3_el1 2_0=id_isar0_el1 2_1=id_isar1_el1 2_2=id_isar2_el1
3_0_c0: 2_3=id_isar3_el1 2_4=id_isar4_el1 2_5=id_isar5_el1 2_6=id_mmfr4_el1 2_7=id_isar6_el1 3_0=mvfr0_el1 3_1=mvfr1_el1
3_0_c0: 3_2=mvfr2_el1 3_4=id_pfr2_el1 3_5=id_dfr1_el1 3_6=id_mmfr5_el1 4_0=id_aa64pfr0_el1 4_1=id_aa64pfr1_el1 4_4=id_aa64zfr0_el1
3_0_c0: 4_5=id_aa64smfr0_el1 5_0=id_aa64dfr0_el1 5_1=id_aa64dfr1_el1 5_4=id_aa64afr0_el1 5_5=id_aa64afr1_el1 6_0=id_aa64isar0_el1
3_0_c0: 6_1=id_aa64isar1_el1 6_2=id_aa64isar2_el1 7_0=id_aa64mmfr0_el1 7_1=id_aa64mmfr1_el1 7_2=id_aa64mmfr2_el1
3_0_c1: 0_0=sctlr_el1 0_1=actlr_el1 0_2=cpacr_el1 0_5=rgsr_el1 0_6=gcr_el1 2_0=zcr_el1 2_1=trfcr_el1 2_4=smpri_el1 2_6=smcr_el1
3_0_c2: 0_0=ttbr0_el1 0_1=ttbr1_el1 0_2=tcr_el1 1_0=apiakeylo_el1 1_1=apiakeyhi_el1 1_2=apibkeylo_el1 1_3=apibkeyhi_el1
3_0_c2: 2_0=apdakeylo_el1 2_1=apdakeyhi_el1 2_2=apdbkeylo_el1 2_3=apdbkeyhi_el1 3_0=apgakeylo_el1 3_1=apgakeyhi_el1
3_0_c4: 0_0=spsr_el1 0_1=elr_el1 1_0=sp_el0 2_0=spsel 2_2=currentel 2_3=pan 2_4=uao 3_0=allint 6_0=icc_pmr_el1
3_0_c5: 1_0=afsr0_el1 1_1=afsr1_el1 2_0=esr_el1 3_0=erridr_el1 3_1=errselr_el1 4_0=erxfr_el1 4_1=erxctlr_el1 4_2=erxstatus_el1
3_0_c5: 4_3=erxaddr_el1 4_4=erxpfgf_el1 4_5=erxpfgctl_el1 4_6=erxpfgcdn_el1 5_0=erxmisc0_el1 5_1=erxmisc1_el1 5_2=erxmisc2_el1
3_0_c5: 5_3=erxmisc3_el1 6_0=tfsr_el1 6_1=tfsre0_el1
3_0_c6: 0_0=far_el1 1_1=prenr_el1 2_1=prselr_el1 8_0=prbar_el1 8_1=prlar_el1 8_4=prbar1_el1 8_5=prlar1_el1 9_0=prbar2_el1
3_0_c6: 9_1=prlar2_el1 9_4=prbar3_el1 9_5=prlar3_el1 10_0=prbar4_el1 10_1=prlar4_el1 10_4=prbar5_el1 10_5=prlar5_el1
3_0_c6: 11_0=prbar6_el1 11_1=prlar6_el1 11_4=prbar7_el1 11_5=prlar7_el1 12_0=prbar8_el1 12_1=prlar8_el1 12_4=prbar9_el1
3_0_c6: 12_5=prlar9_el1 13_0=prbar10_el1 13_1=prlar10_el1 13_4=prbar11_el1 13_5=prlar11_el1 14_0=prbar12_el1 14_1=prlar12_el1
3_0_c6: 14_4=prbar13_el1 14_5=prlar13_el1 15_0=prbar14_el1 15_1=prlar14_el1 15_4=prbar15_el1 15_5=prlar15_el1
3_0_c7: 4_0=par_el1
3_0_c9: 9_0=pmscr_el1 9_1=pmsnevfr_el1 9_2=pmsicr_el1 9_3=pmsirr_el1 9_4=pmsfcr_el1 9_5=pmsevfr_el1 9_6=pmslatfr_el1
3_0_c9: 9_7=pmsidr_el1 10_0=pmblimitr_el1 10_1=pmbptr_el1 10_3=pmbsr_el1 10_7=pmbidr_el1 11_0=trblimitr_el1 11_1=trbptr_el1
3_0_c9: 11_2=trbbaser_el1 11_3=trbsr_el1 11_4=trbmar_el1 11_6=trbtrg_el1 11_7=trbidr_el1 14_1=pmintenset_el1 14_2=pmintenclr_el1
3_0_c9: 14_6=pmmir_el1
3_0_c10: 2_0=mair_el1 3_0=amair_el1 4_0=lorsa_el1 4_1=lorea_el1 4_2=lorn_el1 4_3=lorc_el1 4_4=mpamidr_el1 4_7=lorid_el1
3_0_c10: 5_0=mpam1_el1 5_1=mpam0_el1 5_3=mpamsm_el1
3_0_c12: 0_0=vbar_el1 0_1=rvbar_el1 0_2=rmr_el1 1_0=isr_el1 1_1=disr_el1 8_0=icc_iar0_el1 8_1=icc_eoir0_el1 8_2=icc_hppir0_el1
3_0_c12: 8_3=icc_bpr0_el1 8_4=icc_ap0r0_el1 8_5=icc_ap0r1_el1 8_6=icc_ap0r2_el1 8_7=icc_ap0r3_el1 9_0=icc_ap1r0_el1
3_0_c12: 9_1=icc_ap1r1_el1 9_2=icc_ap1r2_el1 9_3=icc_ap1r3_el1 9_5=icc_nmiar1_el1 11_1=icc_dir_el1 11_3=icc_rpr_el1
3_0_c12: 11_5=icc_sgi1r_el1 11_6=icc_asgi1r_el1 11_7=icc_sgi0r_el1 12_0=icc_iar1_el1 12_1=icc_eoir1_el1 12_2=icc_hppir1_el1
3_0_c12: 12_3=icc_bpr1_el1 12_4=icc_ctlr_el1 12_5=icc_sre_el1 12_6=icc_igrpen0_el1 12_7=icc_igrpen1_el1
3_0_c13: 0_1=contextidr_el1 0_4=tpidr_el1 0_5=accdata_el1 0_7=scxtnum_el1
3_0_c14: 1_0=cntkctl_el1
3_1_c0: 0_0=ccsidr_el1 0_1=clidr_el1 0_2=ccsidr2_el1 0_4=gmid_el1 0_6=smidr_el1 0_7=aidr_el1
3_2_c0: 0_0=csselr_el1
3_3_c0: 0_1=ctr_el0 0_7=dczid_el0
3_3_c2: 4_0=rndr 4_1=rndrrs
3_3_c4: 2_0=nzcv 2_1=daif 2_2=svcr 2_5=dit 2_6=ssbs 2_7=tco 4_0=fpcr 4_1=fpsr 5_0=dspsr_el0 5_1=dlr_el0
3_3_c9: 12_0=pmcr_el0 12_1=pmcntenset_el0 12_2=pmcntenclr_el0 12_3=pmovsclr_el0 12_4=pmswinc_el0 12_5=pmselr_el0 12_6=pmceid0_el0
3_3_c9: 12_7=pmceid1_el0 13_0=pmccntr_el0 13_1=pmxevtyper_el0 13_2=pmxevcntr_el0 14_0=pmuserenr_el0 14_3=pmovsset_el0
3_3_c13: 0_2=tpidr_el0 0_3=tpidrro_el0 0_5=tpidr2_el0 0_7=scxtnum_el0 2_0=amcr_el0 2_1=amcfgr_el0 2_2=amcgcr_el0 2_3=amuserenr_el0
3_3_c13: 2_4=amcntenclr0_el0 2_5=amcntenset0_el0 2_6=amcg1idr_el0 3_0=amcntenclr1_el0 3_1=amcntenset1_el0 4_0=amevcntr00_el0
3_3_c13: 4_1=amevcntr01_el0 4_2=amevcntr02_el0 4_3=amevcntr03_el0 6_0=amevtyper00_el0 6_1=amevtyper01_el0 6_2=amevtyper02_el0
3_3_c13: 6_3=amevtyper03_el0 12_0=amevcntr10_el0 12_1=amevcntr11_el0 12_2=amevcntr12_el0 12_3=amevcntr13_el0 12_4=amevcntr14_el0
3_3_c13: 12_5=amevcntr15_el0 12_6=amevcntr16_el0 12_7=amevcntr17_el0 13_0=amevcntr18_el0 13_1=amevcntr19_el0 13_2=amevcntr110_el0
3_3_c13: 13_3=amevcntr111_el0 13_4=amevcntr112_el0 13_5=amevcntr113_el0 13_6=amevcntr114_el0 13_7=amevcntr115_el0
3_3_c13: 14_0=amevtyper10_el0 14_1=amevtyper11_el0 14_2=amevtyper12_el0 14_3=amevtyper13_el0 14_4=amevtyper14_el0
3_3_c13: 14_5=amevtyper15_el0 14_6=amevtyper16_el0 14_7=amevtyper17_el0 15_0=amevtyper18_el0 15_1=amevtyper19_el0
3_3_c13: 15_2=amevtyper110_el0 15_3=amevtyper111_el0 15_4=amevtyper112_el0 15_5=amevtyper113_el0 15_6=amevtyper114_el0
3_3_c13: 15_7=amevtyper115_el0
3_3_c14: 0_0=cntfrq_el0 0_1=cntpct_el0 0_2=cntvct_el0 0_5=cntpctss_el0 0_6=cntvctss_el0 2_0=cntp_tval_el0 2_1=cntp_ctl_el0
3_3_c14: 2_2=cntp_cval_el0 3_0=cntv_tval_el0 3_1=cntv_ctl_el0 3_2=cntv_cval_el0 8_0=pmevcntr0_el0 8_1=pmevcntr1_el0
3_3_c14: 8_2=pmevcntr2_el0 8_3=pmevcntr3_el0 8_4=pmevcntr4_el0 8_5=pmevcntr5_el0 8_6=pmevcntr6_el0 8_7=pmevcntr7_el0
3_3_c14: 9_0=pmevcntr8_el0 9_1=pmevcntr9_el0 9_2=pmevcntr10_el0 9_3=pmevcntr11_el0 9_4=pmevcntr12_el0 9_5=pmevcntr13_el0
3_3_c14: 9_6=pmevcntr14_el0 9_7=pmevcntr15_el0 10_0=pmevcntr16_el0 10_1=pmevcntr17_el0 10_2=pmevcntr18_el0 10_3=pmevcntr19_el0
3_3_c14: 10_4=pmevcntr20_el0 10_5=pmevcntr21_el0 10_6=pmevcntr22_el0 10_7=pmevcntr23_el0 11_0=pmevcntr24_el0 11_1=pmevcntr25_el0
3_3_c14: 11_2=pmevcntr26_el0 11_3=pmevcntr27_el0 11_4=pmevcntr28_el0 11_5=pmevcntr29_el0 11_6=pmevcntr30_el0 12_0=pmevtyper0_el0
3_3_c14: 12_1=pmevtyper1_el0 12_2=pmevtyper2_el0 12_3=pmevtyper3_el0 12_4=pmevtyper4_el0 12_5=pmevtyper5_el0 12_6=pmevtyper6_el0
3_3_c14: 12_7=pmevtyper7_el0 13_0=pmevtyper8_el0 13_1=pmevtyper9_el0 13_2=pmevtyper10_el0 13_3=pmevtyper11_el0
3_3_c14: 13_4=pmevtyper12_el0 13_5=pmevtyper13_el0 13_6=pmevtyper14_el0 13_7=pmevtyper15_el0 14_0=pmevtyper16_el0
3_3_c14: 14_1=pmevtyper17_el0 14_2=pmevtyper18_el0 14_3=pmevtyper19_el0 14_4=pmevtyper20_el0 14_5=pmevtyper21_el0
3_3_c14: 14_6=pmevtyper22_el0 14_7=pmevtyper23_el0 15_0=pmevtyper24_el0 15_1=pmevtyper25_el0 15_2=pmevtyper26_el0
3_3_c14: 15_3=pmevtyper27_el0 15_4=pmevtyper28_el0 15_5=pmevtyper29_el0 15_6=pmevtyper30_el0 15_7=pmccfiltr_el0
3_4_c0: 0_0=vpidr_el2 0_4=mpuir_el2 0_5=vmpidr_el2
3_4_c1: 0_0=sctlr_el2 0_1=actlr_el2 1_0=hcr_el2 1_1=mdcr_el2 1_2=cptr_el2 1_3=hstr_el2 1_4=hfgrtr_el2 1_5=hfgwtr_el2
3_4_c1: 1_6=hfgitr_el2 1_7=hacr_el2 2_0=zcr_el2 2_1=trfcr_el2 2_2=hcrx_el2 2_5=smprimap_el2 2_6=smcr_el2 3_1=sder32_el2
3_4_c2: 0_0=ttbr0_el2 0_1=ttbr1_el2 0_2=tcr_el2 1_0=vttbr_el2 1_2=vtcr_el2 2_0=vncr_el2 6_0=vsttbr_el2 6_2=vstcr_el2
3_4_c3: 0_0=dacr32_el2 1_4=hdfgrtr_el2 1_5=hdfgwtr_el2 1_6=hafgrtr_el2
3_4_c4: 0_0=spsr_el2 0_1=elr_el2 1_0=sp_el1 3_0=spsr_irq 3_1=spsr_abt 3_2=spsr_und 3_3=spsr_fiq
3_4_c5: 0_1=ifsr32_el2 1_0=afsr0_el2 1_1=afsr1_el2 2_0=esr_el2 2_3=vsesr_el2 3_0=fpexc32_el2 6_0=tfsr_el2
3_4_c6: 0_0=far_el2 0_4=hpfar_el2 1_1=prenr_el2 2_1=prselr_el2 8_0=prbar_el2 8_1=prlar_el2 8_4=prbar1_el2 8_5=prlar1_el2
3_4_c6: 9_0=prbar2_el2 9_1=prlar2_el2 9_4=prbar3_el2 9_5=prlar3_el2 10_0=prbar4_el2 10_1=prlar4_el2 10_4=prbar5_el2
3_4_c6: 10_5=prlar5_el2 11_0=prbar6_el2 11_1=prlar6_el2 11_4=prbar7_el2 11_5=prlar7_el2 12_0=prbar8_el2 12_1=prlar8_el2
3_4_c6: 12_4=prbar9_el2 12_5=prlar9_el2 13_0=prbar10_el2 13_1=prlar10_el2 13_4=prbar11_el2 13_5=prlar11_el2 14_0=prbar12_el2
3_4_c6: 14_1=prlar12_el2 14_4=prbar13_el2 14_5=prlar13_el2 15_0=prbar14_el2 15_1=prlar14_el2 15_4=prbar15_el2 15_5=prlar15_el2
3_4_c9: 9_0=pmscr_el2
3_4_c10: 2_0=mair_el2 3_0=amair_el2 4_0=mpamhcr_el2 4_1=mpamvpmv_el2 5_0=mpam2_el2 6_0=mpamvpm0_el2 6_1=mpamvpm1_el2
3_4_c10: 6_2=mpamvpm2_el2 6_3=mpamvpm3_el2 6_4=mpamvpm4_el2 6_5=mpamvpm5_el2 6_6=mpamvpm6_el2 6_7=mpamvpm7_el2
3_4_c12: 0_0=vbar_el2 0_1=rvbar_el2 0_2=rmr_el2 1_1=vdisr_el2 8_0=ich_ap0r0_el2 8_1=ich_ap0r1_el2 8_2=ich_ap0r2_el2
3_4_c12: 8_3=ich_ap0r3_el2 9_0=ich_ap1r0_el2 9_1=ich_ap1r1_el2 9_2=ich_ap1r2_el2 9_3=ich_ap1r3_el2 9_5=icc_sre_el2
3_4_c12: 11_0=ich_hcr_el2 11_1=ich_vtr_el2 11_2=ich_misr_el2 11_3=ich_eisr_el2 11_5=ich_elrsr_el2 11_7=ich_vmcr_el2
3_4_c12: 12_0=ich_lr0_el2 12_1=ich_lr1_el2 12_2=ich_lr2_el2 12_3=ich_lr3_el2 12_4=ich_lr4_el2 12_5=ich_lr5_el2 12_6=ich_lr6_el2
3_4_c12: 12_7=ich_lr7_el2 13_0=ich_lr8_el2 13_1=ich_lr9_el2 13_2=ich_lr10_el2 13_3=ich_lr11_el2 13_4=ich_lr12_el2
3_4_c12: 13_5=ich_lr13_el2 13_6=ich_lr14_el2 13_7=ich_lr15_el2
3_4_c13: 0_1=contextidr_el2 0_2=tpidr_el2 0_7=scxtnum_el2 8_0=amevcntvoff00_el2 8_1=amevcntvoff01_el2 8_2=amevcntvoff02_el2
3_4_c13: 8_3=amevcntvoff03_el2 8_4=amevcntvoff04_el2 8_5=amevcntvoff05_el2 8_6=amevcntvoff06_el2 8_7=amevcntvoff07_el2
3_4_c13: 9_0=amevcntvoff08_el2 9_1=amevcntvoff09_el2 9_2=amevcntvoff010_el2 9_3=amevcntvoff011_el2 9_4=amevcntvoff012_el2
3_4_c13: 9_5=amevcntvoff013_el2 9_6=amevcntvoff014_el2 9_7=amevcntvoff015_el2 10_0=amevcntvoff10_el2 10_1=amevcntvoff11_el2
3_4_c13: 10_2=amevcntvoff12_el2 10_3=amevcntvoff13_el2 10_4=amevcntvoff14_el2 10_5=amevcntvoff15_el2 10_6=amevcntvoff16_el2
3_4_c13: 10_7=amevcntvoff17_el2 11_0=amevcntvoff18_el2 11_1=amevcntvoff19_el2 11_2=amevcntvoff110_el2 11_3=amevcntvoff111_el2
3_4_c13: 11_4=amevcntvoff112_el2 11_5=amevcntvoff113_el2 11_6=amevcntvoff114_el2 11_7=amevcntvoff115_el2
3_4_c14: 0_3=cntvoff_el2 0_6=cntpoff_el2 1_0=cnthctl_el2 2_0=cnthp_tval_el2 2_1=cnthp_ctl_el2 2_2=cnthp_cval_el2
3_4_c14: 3_0=cnthv_tval_el2 3_1=cnthv_ctl_el2 3_2=cnthv_cval_el2 4_0=cnthvs_tval_el2 4_1=cnthvs_ctl_el2 4_2=cnthvs_cval_el2
3_4_c14: 5_0=cnthps_tval_el2 5_1=cnthps_ctl_el2 5_2=cnthps_cval_el2
3_5_c1: 0_0=sctlr_el12 0_2=cpacr_el12 2_0=zcr_el12 2_1=trfcr_el12 2_6=smcr_el12
3_5_c2: 0_0=ttbr0_el12 0_1=ttbr1_el12 0_2=tcr_el12
3_5_c4: 0_0=spsr_el12 0_1=elr_el12
3_5_c5: 1_0=afsr0_el12 1_1=afsr1_el12 2_0=esr_el12 6_0=tfsr_el12
3_5_c6: 0_0=far_el12
3_5_c9: 9_0=pmscr_el12
3_5_c10: 2_0=mair_el12 3_0=amair_el12 5_0=mpam1_el12
3_5_c12: 0_0=vbar_el12
3_5_c13: 0_1=contextidr_el12 0_7=scxtnum_el12
3_5_c14: 1_0=cntkctl_el12 2_0=cntp_tval_el02 2_1=cntp_ctl_el02 2_2=cntp_cval_el02 3_0=cntv_tval_el02 3_1=cntv_ctl_el02
3_5_c14: 3_2=cntv_cval_el02
3_6_c1: 0_0=sctlr_el3 0_1=actlr_el3 1_0=scr_el3 1_1=sder32_el3 1_2=cptr_el3 2_0=zcr_el3 2_6=smcr_el3 3_1=mdcr_el3
3_6_c2: 0_0=ttbr0_el3 0_2=tcr_el3 1_4=gptbr_el3 1_6=gpccr_el3
3_6_c4: 0_0=spsr_el3 0_1=elr_el3 1_0=sp_el2
3_6_c5: 1_0=afsr0_el3 1_1=afsr1_el3 2_0=esr_el3 6_0=tfsr_el3
3_6_c6: 0_0=far_el3 0_5=mfar_el3
3_6_c10: 2_0=mair_el3 3_0=amair_el3 5_0=mpam3_el3
3_6_c12: 0_0=vbar_el3 0_1=rvbar_el3 0_2=rmr_el3 12_4=icc_ctlr_el3 12_5=icc_sre_el3 12_7=icc_igrpen1_el3
3_6_c13: 0_2=tpidr_el3 0_7=scxtnum_el3
3_7_c14: 2_0=cntps_tval_el1 2_1=cntps_ctl_el1 2_2=cntps_cval_el1
`;

/** `mnemonic: op1_CRn_CRm_op2=operation …`; an operation with `!` takes no register. */
const operations = `
ic: 0_7_1_0=ialluis! 0_7_5_0=iallu! 3_7_5_1=ivau
dc: 0_7_6_1=ivac 0_7_6_2=isw 0_7_6_3=igvac 0_7_6_4=igsw 0_7_6_5=igdvac 0_7_6_6=igdsw 0_7_10_2=csw 0_7_10_4=cgsw 0_7_10_6=cgdsw
dc: 0_7_14_2=cisw 0_7_14_4=cigsw 0_7_14_6=cigdsw 3_7_4_1=zva 3_7_4_3=gva 3_7_4_4=gzva 3_7_10_1=cvac 3_7_10_3=cgvac 3_7_10_5=cgdvac
dc: 3_7_11_1=cvau 3_7_12_1=cvap 3_7_12_3=cgvap 3_7_12_5=cgdvap 3_7_13_1=cvadp 3_7_13_3=cgvadp 3_7_13_5=cgdvadp 3_7_14_1=civac
dc: 3_7_14_3=cigvac 3_7_14_5=cigdvac 6_7_14_1=cipapa 6_7_14_5=cigdpapa
at: 0_7_8_0=s1e1r 0_7_8_1=s1e1w 0_7_8_2=s1e0r 0_7_8_3=s1e0w 0_7_9_0=s1e1rp 0_7_9_1=s1e1wp 4_7_8_0=s1e2r 4_7_8_1=s1e2w
at: 4_7_8_4=s12e1r 4_7_8_5=s12e1w 4_7_8_6=s12e0r 4_7_8_7=s12e0w 6_7_8_0=s1e3r 6_7_8_1=s1e3w
tlbi: 0_8_1_0=vmalle1os! 0_8_1_1=vae1os 0_8_1_2=aside1os 0_8_1_3=vaae1os 0_8_1_5=vale1os 0_8_1_7=vaale1os 0_8_2_1=rvae1is
tlbi: 0_8_2_3=rvaae1is 0_8_2_5=rvale1is 0_8_2_7=rvaale1is 0_8_3_0=vmalle1is! 0_8_3_1=vae1is 0_8_3_2=aside1is 0_8_3_3=vaae1is
tlbi: 0_8_3_5=vale1is 0_8_3_7=vaale1is 0_8_5_1=rvae1os 0_8_5_3=rvaae1os 0_8_5_5=rvale1os 0_8_5_7=rvaale1os 0_8_6_1=rvae1
tlbi: 0_8_6_3=rvaae1 0_8_6_5=rvale1 0_8_6_7=rvaale1 0_8_7_0=vmalle1! 0_8_7_1=vae1 0_8_7_2=aside1 0_8_7_3=vaae1 0_8_7_5=vale1
tlbi: 0_8_7_7=vaale1 4_8_0_1=ipas2e1is 4_8_0_2=ripas2e1is 4_8_0_5=ipas2le1is 4_8_0_6=ripas2le1is 4_8_1_0=alle2os! 4_8_1_1=vae2os
tlbi: 4_8_1_4=alle1os! 4_8_1_5=vale2os 4_8_1_6=vmalls12e1os! 4_8_2_1=rvae2is 4_8_2_5=rvale2is 4_8_3_0=alle2is! 4_8_3_1=vae2is
tlbi: 4_8_3_4=alle1is! 4_8_3_5=vale2is 4_8_3_6=vmalls12e1is! 4_8_4_0=ipas2e1os 4_8_4_1=ipas2e1 4_8_4_2=ripas2e1 4_8_4_3=ripas2e1os
tlbi: 4_8_4_4=ipas2le1os 4_8_4_5=ipas2le1 4_8_4_6=ripas2le1 4_8_4_7=ripas2le1os 4_8_5_1=rvae2os 4_8_5_5=rvale2os 4_8_6_1=rvae2
tlbi: 4_8_6_5=rvale2 4_8_7_0=alle2! 4_8_7_1=vae2 4_8_7_4=alle1! 4_8_7_5=vale2 4_8_7_6=vmalls12e1! 6_8_1_0=alle3os! 6_8_1_1=vae3os
tlbi: 6_8_1_4=paallos! 6_8_1_5=vale3os 6_8_2_1=rvae3is 6_8_2_5=rvale3is 6_8_3_0=alle3is! 6_8_3_1=vae3is 6_8_3_5=vale3is
tlbi: 6_8_4_3=rpaos 6_8_4_7=rpalos 6_8_5_1=rvae3os 6_8_5_5=rvale3os 6_8_6_1=rvae3 6_8_6_5=rvale3 6_8_7_0=alle3! 6_8_7_1=vae3
tlbi: 6_8_7_4=paall! 6_8_7_5=vale3
cfp: 3_7_3_4=rctx
dvp: 3_7_3_5=rctx
cpp: 3_7_3_7=rctx
`;

export interface SystemFields {
  readonly op1: number;
  readonly CRn: number;
  readonly CRm: number;
  readonly op2: number;
}

const pairs = (text: string): [group: string, key: string, name: string][] =>
  text
    .trim()
    .split('\n')
    .flatMap((row) => {
      const [group = '', rest = ''] = row.split(': ');
      return rest.split(' ').map((entry): [string, string, string] => [group, ...(entry.split('=') as [string, string])]);
    });

const registerNames: ReadonlyMap<string, string> = new Map(
  pairs(registers).map(([group, key, name]) => [`${group}_c${key}`, name]),
);
const operationNames: ReadonlyMap<string, readonly [mnemonic: string, operation: string]> = new Map(
  pairs(operations).map(([group, key, name]) => [key, [group, name]]),
);

/** `sctlr_el1`, or `s3_0_c15_c0_0` where the encoding has no name. Reads and writes of the debug channel have two names. */
export function systemRegisterName(op0: number, { op1, CRn, CRm, op2 }: SystemFields, isRead: boolean): string {
  const generic = `${op0}_${op1}_c${CRn}_c${CRm}_${op2}`;
  const name = registerNames.get(generic) ?? `s${generic}`;
  return name === 'dbgdtrrx_el0' && !isRead ? 'dbgdtrtx_el0' : name;
}

/** `['dc', 'zva']` and whether it takes a register; `undefined` where SYS has no other name. */
export function systemOperation({
  op1,
  CRn,
  CRm,
  op2,
}: SystemFields): { names: [string, string]; takesRegister: boolean } | undefined {
  const found = operationNames.get(`${op1}_${CRn}_${CRm}_${op2}`);
  if (!found) return undefined;
  const [mnemonic, operation] = found;
  return { names: [mnemonic, operation.replace('!', '')], takesRegister: !operation.endsWith('!') };
}
